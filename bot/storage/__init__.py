"""Where conversations are kept between turns, and the lock that keeps one turn at a time in each."""
