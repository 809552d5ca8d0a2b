"""Words that too many people make their password of, lower case, no accents, letters only.

Chosen by hand: words usual in Québec (greetings, teams, places, swear words, first names, the health
field) and the English words that head every published list.
"""

from .patterns import word_set

_FRENCH = word_set(
    """
    bonjour bonsoir salut allo coucou bienvenue motdepasse motdepas motdepass monmotdepasse passe
    mdp secret sesame soleil lune etoile etoiles ciel nuage pluie neige hiver ete printemps automne
    saison montagne riviere fleuve ocean plage vacances voyage fleur fleurs rose roses tulipe
    marguerite jardin foret arbre sapin erable feuille chocolat bonbon caramel vanille fraise
    framboise cerise banane pomme orange citron peche poutine tourtiere sirop cafe biere vin fromage
    bacon pizza spaghetti gateau biscuit cupcake doudou toutou minou matou chaton chat chats chien
    chiens chienne pitou loup loups cheval chevaux licorne papillon papillons dauphin tortue lapin
    souris oiseau tigre lion ours panda renard castor orignal caribou dragon princesse prince reine
    roi chevalier pirate amour amours jetaime jetaimefort monamour moncoeur coeur bisou bisous calin
    caresse bebe cherie cheri chouchou famille maman papa mamie papi grandmaman grandpapa enfant
    enfants frere soeur soeurs cousin cousine ami amie amis amitie bonheur heureux heureuse sourire
    joie espoir liberte paix beaute belle beau gentil mignon magique merveille canadien canadiens
    canadiensdemontreal montreal montrealcanadiens nordiques nordique expos alouettes remparts
    hockey gohabsgo habs lehabs glorieux soccer football baseball golf ski velo moto camion auto
    voiture chasse peche quebec quebecois laval longueuil gatineau sherbrooke saguenay chicoutimi
    levis troisrivieres rimouski gaspesie gaspe charlevoix abitibi outaouais estrie beauce mauricie
    lanaudiere laurentides terrebonne repentigny brossard drummondville granby shawinigan rouyn
    valdor septiles baiecomeau ontario canada ottawa toronto moncton acadie paris france haiti
    mexique cuba floride italie portugal maroc algerie tabarnak tabarnac tabarnaque tabarnouche
    tabarouette calisse caliss calice crisse criss cristie ostie esti osti hostie ciboire viarge
    maudit maudite merde marde putain connard connasse salope cul caca pipi fuckyou sofy portail
    sante santequebec carnetsante clinique medecin docteur infirmiere infirmier hopital patient
    patiente ramq assurance assurancemaladie cartesoleil ordinateur internet telephone courriel
    clavier azerty azertyuiop qwertz utilisateur administrateur invite maison chalet cuisine travail
    ecole universite bureau facture banque desjardins hydroquebec videotron loto lotoquebec casino
    argent dollar dollars richesse chance tremblay gagnon roy cote bouchard gauthier morin lavoie
    fortin gagne ouellet pelletier belanger levesque bergeron leblanc paquette girard simard boucher
    caron beaulieu cloutier dube poirier fournier lapointe leclerc lefebvre poulin thibault stpierre
    nadeau martel landry martin bedard grenier lessard bernier richard michaud hebert desjardins
    couture turcotte lachance parent blais audet gosselin savard champagne gilbert alexandre
    alexandra amelie andre andree anne annie antoine audrey benoit bruno camille carole caroline
    catherine chantal charles charlotte christian christine claude claudette claudine daniel
    danielle danny david denis denise diane dominic dominique elodie emilie emma emile eric etienne
    eve fabien felix fernand florence francine francis francois francoise frederic gabriel gabrielle
    gaetan genevieve georges gerard gerald germain gilles ginette guy guylaine guillaume helene
    henri hugo isabelle jacinthe jacques jean jeanne jeanfrancois jeanpierre jerome jessica jocelyn
    jocelyne johanne jonathan josee joseph julie julien juliette justine karine kevin laurence
    laurent lea leo liam linda line lise logan louis louise luc lucie lucien luna lyne manon marc
    marcel marie mariejosee mario marcandre marilyn marjolaine marthe martine mathieu maxime melanie
    melissa michel micheline michele monique mylene nadia nancy nathalie nathan nicolas nicole noah
    noel normand olivier olivia pascal patrice patricia patrick paul pauline philippe pierre
    pierrette rachel raymond real rejean rene renee robert roger roland samuel sandra sara sarah
    sebastien serge simon simone sofia sophie stephane stephanie steve suzanne sylvain sylvie tania
    therese thomas valerie vanessa veronique victor vincent william xavier yann yannick yves yvon
    yvette zoe janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    lundi mardi mercredi jeudi vendredi samedi dimanche noelnoel joyeuxnoel paques halloween
    anniversaire bonnefete bonneannee rouge bleu vert jaune noir blanc violet mauve turquoise
    unedeuxtrois unbonmotdepasse nouveau nouvelle changezmoi changemoi ouvretoi jesuis cestmoi
    moimoi test essai exemple tintin asterix obelix caillou passepartout lachanson musique guitare
    piano chanson danse cinema celinedion celine rienderien nimportequoi jenesaispas jesaispas
    oublie
    """
)
_ENGLISH = word_set(
    """
    password passw passwd passwords mypassword pass passcode passphrase login welcome hello hi admin
    administrator root user username guest default master letmein letmeinnow open access secure
    security private changeme change temp temporary test testing tester demo example sample qwerty
    qwertyu qwertyui qwertyuio qwertyuiop qwert qwer qazwsx qaz wsx zxcvbn zxcvbnm zxc asdf asdfg
    asdfgh asdfghj asdfghjkl asd qwe qweasd qweasdzxc qazwsxedc aaa abc abcd abcde abcdef abcdefg
    abcdefgh abcdefghi abcdefghij abcabc xyz xxx iloveyou ilove love loveme lovely lover loveyou
    sweet sweetheart honey baby babygirl angel angels princess prince queen king superman batman
    spiderman wonderwoman pokemon pikachu minecraft fortnite starwars yoda matrix trustno trustnoone
    monkey dragon tiger lion shadow sunshine sunflower flower flowers butterfly rainbow summer
    winter spring autumn fall snow star stars moon sun football baseball basketball hockey soccer
    golf golfer tennis hunter fishing sport sports player ranger yankees cowboys lakers steelers
    eagles chelsea arsenal liverpool barcelona ferrari mustang corvette porsche mercedes harley
    yamaha honda toyota computer internet google facebook instagram twitter youtube netflix apple
    iphone android samsung microsoft windows linux amazon whatever nothing something freedom forever
    friend friends family mother father mommy daddy mom dad brother sister michael jordan jennifer
    michelle jessica ashley amanda daniel thomas robert charlie george andrew matthew joshua anthony
    william joseph justin brandon nicole hannah samantha elizabeth taylor morgan maggie buster
    ginger pepper cookie chocolate cheese banana orange apple cherry peanut coffee candy sugar
    cupcake pumpkin purple yellow green blue black white silver golden diamond crystal ninja killer
    hacker phoenix thunder lightning warrior knight wizard merlin dallas london paris newyork texas
    canada america jesus jesuschrist christ god blessed heaven church faith hope grace lucky lucky
    happy smile funny crazy cool awesome beautiful pretty sexy hot fuck fucker fuckyou fuckoff shit
    bitch asshole pussy penis biteme money dollar cash rich boss number one blink eminem metallica
    nirvana beatles music guitar piano singer dancer monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november
    december birthday christmas health doctor nurse hospital clinic patient medical startrek
    enterprise gandalf hobbit harrypotter potter snoopy garfield mickey minnie donald barbie hello
    hellokitty kitty puppy doggy dog cat horse unicorn dolphin turtle panda bear wolf eagle falcon
    maverick jackson johnson smith williams brown jones miller davis wilson anderson
    internetpassword supersecret topsecret mysecret secret
    """
)
COMMON = frozenset(word for word in (*_FRENCH, *_ENGLISH) if len(word) >= 3) | {"aaaa", "aaaaaa", "mdp"}
