"""Ordinary words (6 letters or more) of the sentences in which people give a username."""

from .patterns import word_set

SENTENCE_WORDS = word_set(
    """
    mettez mettre mettons mettrai mettrais choisis choisir choisissez choisi choisirais prendre
    prenez prends prendrai prendrais utilise utilisez utiliser utilisateur utilisatrice utilisons
    utilisation identifiant identifiants pseudo pseudonyme username usager inscrire inscris
    inscrivez inscription ecrire ecrivez ecrivez-moi voudrais voudrait aimerais aimerait veuillez
    pouvez pourriez pourrait pourrais serait serais merci bonjour bonsoir allo comme celui celle
    celui-ci celui-la nouveau nouvelle compte courriel couriel adresse chiffre chiffres lettre
    lettres simplement seulement plutot maintenant finalement donnez donner essaye essayez essayer
    essayons encore parfait alors d'accord daccord correct changer changez change remplacer
    remplacez appelle appelez appeler m'appelle mappelle prenom madame monsieur portail clinique
    connexion connecter toujours habituel habituelle memes pareil exemple quelque chose n'importe
    nimporte quelle lequel laquelle parce pourquoi comment combien question besoin svp tiret espace
    souligne underscore arobase minuscule minuscules majuscule majuscules attache ensuite
    enregistrer enregistrez cherche voulez vouloir voulais pensais pensait crois j'aime j'aimerais
    jaimerais jaime j'utilise jutilise j'utiliserai jutiliserai please should would could called
    thanks patient patiente sante suggere suggestion proposez proposer premier premiere deuxieme
    troisieme d'utilisateur dutilisateur d'usager l'identifiant lidentifiant l'utilisateur
    lutilisateur aujourd'hui aujourdhui utilisateurs identification disons bonne journee c'etait
    cetait j'avais javais j'hesite ou-bien peut-etre vraiment marche marchera bientot autre autres
    preferes prefere preferable prefererais accepte acceptez gardez garder garde laissez laisser
    valide validez confirme confirmez mettez-moi donnez-moi inscrivez-moi prenez-moi refuse refusez
    attends attendez facile simple possible comprends comprend savoir sinon sinon, surtout d'abord
    dabord avant apres depuis pendant choix option options
    """
)

SHORT_WORDS = word_set(
    """
    a ai alors au aussi aux avec bah beau ben bien bin bon c ca ce cest cette chu comme cree d da
    daccord de des dis disons donc du elle en est et etre euh faire fais fait faut hum il j jai
    jaime je jveux l la le les lui m ma mais me meme mes met mets mis moi mon n ne no nom nommez non
    nouv nous o ok on ou oui par pas peux plus pour pourrai prend pris que qui quoi s sa salut se
    sera si soit son stp sur svp t ta te tes ton tu un une user va vais veux vos votre vous voici
    voila y my name is be the use i want it to set put as dutil pref allo hey hi dacc ecris
    """
)
