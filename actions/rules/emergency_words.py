"""The patterns of words that tell of danger to life or of suicide, as they are said in Québec.

They are read over folded words (see `emergency.py`): no accents, no apostrophes, an elision being a
word of its own. Written in verbose mode, where `_` stands for a space: see `patterns.py`.
"""

_GAP = r"(?:_\w{1,20}){0,4}?_"
_WHO = r"""(?:
    (?:mon|ma|notre|le|la|un|une|son|sa|cette|cet)_(?:ptite?_|petite?_|grande?_|vieux_|vieille_
        |tout_petit_)?(?:mari|femme|chum|blonde|conjointe?|mere|pere|fils|fille|bebe|enfant|garcon|frere
        |soeur|grand_mere|grand_pere|mamie|papi|voisine?|amie?|ado|nourrisson|patiente?|monsieur|madame
        |dame|homme|personne|gars|oncle|tante|kid)
)"""
_SUBJECT = rf"(?:je|j|chu|chui|jsuis|il|elle|y|i|a|on|ca|{_WHO}|bebe|maman|papa)"
_NOT_MORE = r"(?:pus?|plus?|pu|pas|p|mal|presque_(?:pas|plus|pu)|a_peine|difficilement|po)"
_CHEST = r"(?:poi?tr\w{0,8}|pwatr\w{0,6}|thora[cx]\w{0,7}|torse|chest|sternum|cage_thoracique)"

DANGER = {
    "heart": rf"""
        (?:mal|mall|douleurs?|doul\w{{0,4}}|serre\w{{0,5}}|seree?|pressions?|oppress\w{{0,5}}
            |brul\w{{0,5}}|points?|crampes?|pince\w{{0,5}}|elance\w{{0,5}}|barre|poids|coince\w{{0,3}}
            |fait_mal|tight\w{{0,5}}){_GAP}?{_CHEST}
        | {_CHEST}{_GAP}(?:mal|serre\w{{0,5}}|seree?|brule\w{{0,3}}|elance\w{{0,3}}|douleur
            |oppress\w{{0,5}}|pince|ecras\w{{0,4}}|bloque\w{{0,3}})
        | (?:crises?|attaques?|arr?ets?|malaises?)_(?:de_|du_|au_|d_)?(?:coeur|cardia\w{{1,8}}
            |card\w{{1,8}})
        | infar\w{{2,9}} | angine_de_poitrine | douleurs?_(?:au|dans_le|du|pres_du)_coeur
        | coeur_(?:qui_)?(?:serre|me_serre|arrete|lache|ma_lache|a_arrete|bat_pus?|bat_plus|bat_pas
            |fait_tres_mal|me_fait_mal|brule)
        | (?:bras|machoire)_gauche_(?:engourdi\w?|mal|paralys\w{{1,4}})
        | (?:mal|douleur|engourdi\w{{0,8}})_(?:au|dans_le|du)_bras_gauche | chest_pains? | heart_attack
        | cardiac_arrest
    """,
    "stroke": rf"""
        avc | a_v_c
        | (?:pus?|plus|pas)_capable_(?:de_|d_)?(?:parler|bouger|se_lever|me_lever|avaler)(?!_(?:a|avec|au|la|le)\b)
        | accident_(?:vasculaire|cerebral) | strokes? | anevris\w{{1,4}} | aneuris\w{{1,4}}
        | hemorragie_cerebrale
        | (?:bouche|visage|face|gueule|sourire){_GAP}?(?:croche|crochu\w?|de_travers|paralys\w{{1,4}}
            |engourdi\w?|tombe\w?|pend\w{{0,3}}|affaisse\w?|deforme\w?|tordu\w?|qui_tombe)
        | paralys\w{{1,6}}{_GAP}?(?:cote|bras|jambe|visage|face|moitie)
        | (?:suis|est|chu|devenue?|sent)_(?:a_moitie_|completement_|toute?_)?paralys\w{{1,4}}
        | (?:cote|bras|jambe|moitie_du_corps|main){_GAP}?(?:paralys\w{{1,4}}|bouge_pus?|bouge_plus
            |repond_pus?|repond_plus|mort|engourdi\w?_d_un_coup)
        | (?:arrive|capable|reussi\w?|peu[tx]?)_(?:pus?|plus|pas|p)_(?:a_|de_|d_)?(?:parler|bouger
            |se_lever|me_lever|avaler)(?!_(?:a|avec|au|la|le)\b)
        | (?:parle|parler|mots)_(?:tout_|toute_|tres_)?(?:croche|crochement)
        | perd\w{{0,3}}_(?:soudain\w{{0,6}}_|subitement_)?(?:la_vue|l_usage|la_parole|lusage|la_vision)
    """,
    "breath": rf"""
        respir\w{{0,5}}_(?:presque_|vraiment_|tres_)?{_NOT_MORE}
        | (?:misere|mizere|difficultes?|difficile|mal|problemes?|capable|trouble|arrive|peu[tx]?
            |dur){_GAP}?(?:respir\w{{1,5}}|reprendre_(?:mon|son)_souffle)
        | (?:arrete|arreter|cesse)_(?:de_|d_)?respir\w{{1,5}} | etouf+\w{{1,6}}
        | (?:s|m|me_|se_|en_train_de_s_?)?suffo[qc]\w{{1,6}} | manqu\w{{1,3}}_d_?air
        | (?:jai|j_ai|a)_pu(?:s)?_d_?air
        | (?:levres?|visage|doigts|face)_(?:bleu\w{{0,3}}|violet\w{{0,3}}|mauves?) | cant_breathe
        | can_t_breathe | not_breathing | stopped_breathing | trouble_breathing | choking
        | crise_d_?asthme | pu_de_souffle | plus_de_souffle | souffle_coupe | sest_noye | noyade | noye
        | en_train_de_(?:se|me)_noyer | drowning
    """,
    "bleeding": r"""
        (?:saigne\w{0,4}|seigne(?:s|r|nt|z|ait)?|s[ae]i?ngne\w{0,3}|hemor+ag\w{1,5}|emor+ag\w{1,5}
            |hemorhag\w{1,5}|hemorrhag\w{1,5})
        | per[dt]\w{0,3}_(?:beaucoup_|plein_|trop_|tout_|tellement_|pas_mal_|enormement_|ben_
            |bcp_)*(?:de_|du_|d_|mon_|son_)?sang
        | (?:vomi\w{0,4}|crache\w{0,4}|tousse\w{0,3}|piss\w{1,4}|cracher)_(?:du_|le_|de_la_
            |beaucoup_de_)?sang
        | sang_(?:partout|arrete_pas|qui_arrete_pas|coule|gicle) | plein_de_sang
        | baign\w{1,4}_dans_(?:le|son)_sang | bleeding | blood_everywhere | bleeds
        | (?:veine|artere|gorge|poignets?)_(?:coupee?s?|tranchee?s?|ouverte?s?)
        | (?:poignarde|tire_dessus|balle_dans|coup_de_couteau|coups?_de_feu|poignarder)\w{0,3}
    """,
    "overdose, poison": rf"""
        over_?dos\w{{1,4}} | surdos\w{{1,4}} | over_doze | od_de
        | (?:pris|prise|prit|prends|avale\w{{0,2}}|bu|mange){_GAP}?trop_(?:de_
            |d_)?(?:\w{{1,12}}_de_)?(?:pilules?|pillules?|medicaments?|medocs?|comprimes?|cachets?
            |tylenols?|drogue\w?|advils?|insuline|opioid\w{{1,4}}|fentanyl|speed|coke|somniferes?
            |antidepresseurs?|ativan|alcool)
        | trop_(?:pris|avale|prise)_(?:de_|d_)?(?:pilules?|medicaments?|comprimes?|drogue|tylenols?)
        | (?:pris|prise|avale\w{{0,2}}|bu|mange){_GAP}?(?:toutes?_(?:ses|mes|les|la|sa|ma)|tous_(?:ses
            |mes|les)|la_bouteille_de|le_pot_de|une_bouteille_de)_?(?:bouteille_de_|pot_de_)?(?:pilules?
            |medicaments?|comprimes?|tylenols?|pillules?|bouteille|medocs?)
        | (?:avale|bu|boire|avalee?|mange|ingere){_GAP}?(?:javel\w{{0,2}}|eau_de_javel|javex|poison
            |antigel|detergent|savon_a_lessive|tide_pods?|pile_bouton|piles?|produit\w?_(?:chimique
            |nettoyant|menager|toxique)\w?|windex|drano)
        | empoison\w{{1,6}} | intoxi\w{{2,8}} | monoxyde | poisoned
    """,
    "conscience": rf"""
        inc[oa]n[sc]{{1,2}}i[ea]n\w{{1,3}} | sans_connaissance | unconscious | passed_out
        | per(?:d\w{{0,3}}|t)_(?:la_)?con+ais+ance | evanoui\w{{0,4}} | sans_connaisance
        | tombe\w?_dans_les_pommes | convuls\w{{1,6}} | crises?_d_?epilep\w{{1,5}}
        | epileptique_en_crise | seizures?
        | (?:se_|s_|me_)?(?:reveille\w{{0,2}}|reveil)_(?:pus?|plus|pas)\b
        | (?:{_WHO}|bebe|maman|papa)_(?:ne_|n_)?(?:(?:repond|reponds|bouge|reagit)_(?:pus?|plus|pas)
            |parle_(?:pus?|plus))\b(?!_(?:au|a|aux|en|de|encore|bien|vite|souvent|francais|anglais|quand)\b)
        | (?:dans_le|tombe\w?_dans_le)_coma | (?:pus?|plus|pas)_de_pouls | tombe\w?_sans_connaissance
        | tete_fendue | fracture_du_crane
    """,
    "dying": rf"""
        (?:{_SUBJECT})_(?:est_|suis_|es_|s_|me_)?(?:en_?train_de_(?:mourir|crever)
            |va[is]{{0,2}}_(?:mourir|crever))(?!_(?:de|d)_(?:rire|faim|soif|ennui|chaud|chaleur|honte
            |envie|froid|fatigue|vieillesse|ma_belle)\b)
        | (?:je|j|chu|jsuis|il|elle|y)_(?:me_|suis_)?meur[st]?(?!_(?:de|d)_?(?:rire|faim|soif|ennui
            |chaud|chaleur|honte|envie|froid|fatigue|curiosite|hate|peur)\b)(?!_d?envie)
        | (?:danger_de_mort|danger_de_vie|vie_(?:est_|qui_est_)?en_danger|entre_la_vie_et_la_mort
            |peur_de_mourir|agonis\w{{1,4}}|en_danger_(?:de|immediat))
        | (?:je|on|il|elle|chu|jsuis|mon_\w{{1,12}}|ma_\w{{1,12}})_(?:suis_|est_|es_|sommes_)?en_danger
        | i_m_dying | im_dying | dying | going_to_die
    """,
    "allergy, burns, accidents": rf"""
        anaphyla\w{{1,9}} | epi_?pen
        | (?:gorge|langue|levres|visage|face){_GAP}?(?:enfl\w{{1,4}}|gonfl\w{{1,4}}|serre|ferme)
        | allergi\w{{1,4}}_(?:grave|severe|violente|forte)
        | (?:grave|grosse|forte|severe)_(?:reaction_)?allergi\w{{1,4}}
        | reaction_allergique_(?:grave|severe) | electrocut\w{{1,5}}
        | brul\w{{1,4}}_(?:au_3e|au_troisieme|grave\w{{0,4}}|severe\w{{0,4}}|partout)
        | (?:grave|grosse|severe)_brulure
        | (?:gros_|grave_|eu_un_)accident_(?:de_|d_)?(?:auto|char|voiture|moto|velo|camion|route|4_roues
            |skidoo)
        | accident_grave | grave_accident | frappe\w?_par_(?:un|une)_(?:auto|char|voiture|camion|train)
        | (?:feu|incendie)_(?:est_)?(?:pris_|prend_)?(?:dans|chez|a)_(?:la_|ma_|mon_|mes_|notre_|le_
            |l_)?(?:maison|moi|appart\w{{0,6}}|logement|cuisine|bloc)
        | maison_(?:est_)?en_feu | mis_le_feu | septi\w{{1,6}} | meningite | hypotherm\w{{1,4}}
        | coup_de_chaleur
    """,
    "others": r"""
        engourdi\w{0,8}(?:_\w{1,20}){0,4}_(?:cote|moitie|visage|face) | vois_double | detresse_respiratoire
        | en_detresse | sens_partir | y_?a_(?:le|un)_feu(?!_(?:rouge|vert)) | brulee?_(?:au_visage|a_la_face)
        | (?:femme|blonde|fille|je|j|elle|conjointe|a)_accouche\b(?!_(?:en|dans|le|au|bientot|a|d|de|hier|ya|y)\b)
        | (?:perdu|perd|perds|creve)_(?:mes|ses|les)_eaux
        | allergi\w{1,5}(?:_\w{1,20}){0,4}_(?:enfl|gonfl|respir|etouf)\w{0,4}
        | tombee?(?:_\w{1,20}){0,8}_(?:bouge|repond|reagit|releve)_(?:pus?|plus|pas)
        | (?:vais|veux|va)_(?:le_|la_|les_)?tuer_(?:quelqu|mon|ma|mes|tout|du_monde)
        | (?:le|au|du)_9_?1_?1\b(?!_(?:rue|boul|av))
    """,
    "more accidents": rf"""
        (?:recu|mange|pogne)_une_balle(?!_(?:de|d|du|au|aux)\b)
        | (?:pogne\w?|coince\w?|pris\w?|ecrase\w?)_(?:en_dessous|dessous|sous)_(?:(?:de|d|du|son|le|la|un|une|l|mon)_)*
            (?:tracteur|char|auto|camion|machine|arbre|voiture|quatre_roues|4_roues|vtt|skidoo)
        | (?:arrache\w?|sectionne\w?|ampute\w?){_GAP}?(?:doigts?|main|orteils?|bras|jambe|pied)
        | manque_(?:des|un|deux|trois)_doigts?
        | (?:avale\w{{0,2}}|swallow\w{{0,3}}|gobe\w?|ingere\w?){_GAP}?(?:batteri\w{{1,2}}|piles?|aimants?
            |piece_de_monnaie)
        | contractions?{_GAP}?(?:aux|toutes_les|chaque|every)_(?:\w{{1,6}}_)?min\w{{0,5}}
        | (?:taches?|plaques?)_(?:mauves?|violettes?){_GAP}?(?:fievre|corps|partout)
        | (?:fievre|febrile){_GAP}?(?:amorphe|inerte|nuque_raide) | (?:amorphe|inerte|nuque_raide){_GAP}?fievre
        | (?:il|elle|y|i)_(?:ne_)?repond_(?:plus|pus?|pas)_(?:quand_je_(?:lui_parle|l_appelle)|a_son_nom)
        | (?:pas|pus?|plus|mal|hard|cannot|t)_(?:a_|de_|to_)?breath?er?\b
    """,
    "violence": r"""
        (?:on|il|elle|y|quelqu_?un|mon_(?:chum|ex|mari|conjoint|pere|fils|frere)|ma_(?:blonde|mere|femme
            |conjointe))_(?:veut|va|essaye_de|essaie_de|vient_de|menace_de|voulait)_?(?:de_)?(?:me|m
            |nous|la|le|l)_?(?:tuer|poignarder|etrangler|frapper|tirer|battre|violer|attaquer)
        | (?:me|m|nous)_?(?:frappe|bat|etrangle|attaque|violente|poursuit_avec|a_frappee?|a_battue?
            |a_violee?|a_etranglee?|menace_de_mort|tire_dessus)\b
        | (?:violee?|viol|agressee?|agression_sexuelle|kidnappe\w{0,2}|enlevee?_par|menace_(?:avec
            |d)_(?:un|une)_(?:arme|couteau|fusil))
        | a_(?:un_|une_)(?:arme|fusil|gun|couteau) | avec_(?:un|une|son)_(?:fusil|gun|pistolet|carabine|machette)
        | faire_du_mal_a_(?:quelqu|mon|ma|mes|lui|elle|eux|du_monde|autrui)
        | voix_(?:qui_)?(?:me_)?(?:dit|disent|demandent?)_(?:de|d)
    """,
    "calls": r"""
        (?:appel\w{0,4}|compose\w?|call|besoin_d[eu]?|faire_venir|envoye\w{0,2}|veux|faut
            |urgent)_(?:le_|du_|moi_|vite_|une_|l_|d_|un_)*(?:9_?1_?1|ambulance\w?|ambulencier
            |ambulancier\w?|paramedic\w?)
        | neuf_un_un | neuf_cent_onze | urgence_(?:medicale|vitale|cardiaque) | medical_emergency
        | besoin_d(?:e_secours|une_ambulance|ambulance) | au_secours
        | (?:mon_bebe|le_bebe|mon_fils|ma_fille|mon_enfant)_(?:est_|a_)?(?:tout_|toute_)?(?:bleu\w?|mou
            |molle|inerte|etouf\w{1,4}|avale)
        | (?:en_train_d_?accoucher|tete_du_bebe|cordon_(?:sort|qui_sort)) | hypoglycemie_severe
        | choc_(?:diabetique|septique|insulinique)
    """,
}

SUICIDE = rf"""
    (?:pense\w{{0,2}}|songe\w{{0,2}})_(?:a_|de_)?(?:mourir|la_mort|ma_mort) | pour_(?:mourir|en_finir)(?!_(?:avec|de)\b)
    | (?:envie|veux|gout|besoin|vais)_(?:de_|d_)?me_(?:couper|taillader|bruler|blesser|tirer|pendre|tuer)\b
    | sert_(?:pus?_|plus_)?a_rien_de_vivre | vie_me_tente_(?:pas|plus|pus?) | partir_pour_(?:toujours|de_bon)
    | je_me_(?:coupe|taillade)_(?:les_veines|les_bras|le_bras|les_poignets|volontairement)
    | (?:vais|va|veux|peur_de)_faire_une_betise |
    (?:suicid|suissid|suisid|sucid|suicit|swicid)\w{{0,6}} | kill_myself | end_my_life | want_to_die
    | self_harm | hurt_myself
    | (?:veux|veut|vais|va|voudrais|voulais|voulait|pense\w?|envie|idee|idees|songe|allais|essaye|essaie
        |tente|menace|parle|capable|pret|jongle|plan){_GAP}?(?:de_|d_|a_)?(?:me|m|se|s|te)_?(?:tuer
        |pendre|flinguer|tirer|noyer|empoisonner|ouvrir_les_veines|couper_les_veines|crisser_en_bas
        |jeter_(?:en_bas|devant|du|sous|dans_le)|lancer_(?:en_bas|devant)|foutre_en_l_air
        |passer_la_corde|detruire)\b
    | (?:me|m|se|s)_?tuer\b(?!_(?:votre|ce|ca|ton|le_site|a_l_ouvrage|au_travail))
    | (?:m|s|se|me|l|t)_?(?:enlever|oter|otter|arracher|elever)_la_vie | enlever_(?:ma|sa)_vie
    | lever_la_vie | m_?enlever_la_vie
    | (?:mettre|met|mettrai|mets|metre)_(?:une?_)?fin_(?:a_|de_|avec_)?(?:mes_jours|ses_jours|ma_vie
        |sa_vie|tout_ca|mes_souffrances|la_vie)
    | finir_(?:mes_jours|avec_(?:la|ma)_vie|ma_vie)
    | (?:en_finir|finissons_en)(?!_avec_(?:l|la|le|les|cette|cet|ce|ces|votre|vos|mon|ma|mes|ca
        |inscription|tout_(?:ce|ces|le|la))\b)(?!_(?:de|d|une_fois|au_plus|vite|maintenant_avec|bientot
        |rapidement))
    | en_finir_avec_(?:la_vie|ma_vie|mes_jours|mes_souffrances)
    | (?:veux|veut|voudrais|voudrait|prefere\w{{0,3}}|aimerais|souhaite|envie_de|envi_de|gout_de|gout_d
        |aime_mieux|hate_de|jaimerais|pret_a|prete_a)_(?:juste_|tellement_|seulement_|vraiment_|etre_
        |que_)*(?:mourir|mourrir|crever|mort|morte|disparaitre|plus_exister|plus_etre_la
        |plus_me_reveiller)(?!_(?:de|d)_(?:rire|faim|soif|chaud)\b)
    | (?:plus|pus?|pas|aucune?)_(?:envie|gout|raison|le_gout|l_envie|la_force|besoin)?_?(?:de_
        |d_)(?:vivre|exister|continuer_a_vivre|rester_en_vie)\b
    | (?:veux|veut|voudrais)_(?:pus?|plus|pas)_(?:vivre|exister|etre_en_vie|etre_de_ce_monde
        |me_reveiller)
    | (?:tanne|tannee|ecoeure|ecoeuree|fatigue|fatiguee|marre|las|lasse|epuisee?)_(?:de_
        |d_)(?:la_)?(?:vivre|vie|exister)\b(?!_avec)
    | (?:vie_)?(?:vaut|merite)_(?:pus?|plus|pas)_(?:la_peine|le_coup)?_?(?:d_?etre_vecue|de_vivre
        |la_vie)
    | vie_vaut_(?:pus?|plus|pas)_(?:la_peine|rien)
    | (?:mieux|serai[st]?_mieux|serait_mieux)_(?:si_j_?etais_|si_je_serais_)?(?:mort|morte|sans_moi
        |pas_la)\b
    | (?:idees?|idee|pensees?)_(?:noires?|suicid\w{{1,5}}|sombres?|de_mort) | passer_a_l_?acte
    | (?:me|m|se|s)_?(?:faire_du_mal|mutil\w{{1,4}}|couper_les_veines|ouvrir_les_veines
        |tranche\w?_les_veines)\b
    | (?:avoir|ai)_(?:pus?|plus)_(?:de_)?raison_de_vivre | aucune_raison_de_vivre | lettre_d_?adieu
    | derniere_volonte_avant_de_mourir | 1_?866_?appelle
    | sauter_(?:en_bas_)?(?:d|du|de)_(?:un_|l_|le_)?(?:pont|balcon|toit|immeuble|edifice|fenetre)
    | sur_le_(?:bord|rebord)_(?:du|d_un|de_la)_(?:pont|toit|balcon|fenetre|falaise)
    | (?:j_ai|jai|ai)_(?:deja_)?(?:une|ma|la)_corde(?!_(?:a|de|pour|d|qui)\b)
    | (?:plus|pus?)_(?:l_|le_)?(?:envi\w?|gout)_(?:de_|d_)?(?:d?etre_(?:la|ici|en_vie))
    | (?:don_?t|dont|do_not)_(?:want_to|wanna)_(?:live|be_alive|be_here)
    | (?:vais|va|veux|want_to|gonna|wanna)_kms\b | kms_pour_vrai
    | dites?_(?:a|leur|lui)_(?:\w{{1,10}}_){{0,3}}que_je_(?:l|les|t|vous)_aim(?:e|ais)\b
    | (?:je|j)_(?:ne_)?(?:veux|souhaite)_(?:plus|pus?)_(?:etre|rester)_(?:ici|la|en_vie
        |vivant\w?)\b(?!_(?:sur|a_attendre|dans))
"""

# What sounds like danger and is not; taken out before anything is looked for.
HARMLESS = r"""
    (?:mort | mourir | mourrir | crever | creve | meurs | meurt | mourais | morte | etouffe | tordu\w?)_(?:de_ | d_)
        (?:rire | faim | soif | ennui | chaud | chaleur | honte | envie | froid | fatigue | curiosite)
    | (?:ca | sa | vous | tu | ce_site | votre_site | votre_affaire)(?:_va | _allez | _vas)?_(?:me | m)_
        (?:tue | tuer | tuez | achever | fait_mourir | faire_mourir)
    | (?:ordi | ordinateur | cell | cellulaire | telephone | site | portail | tablette | batterie | pile | ecran | lien
        | page | bouton | imprimante | souris | clavier | internet | wifi)(?:_\w{1,12}){0,3}?_
        (?:mort\w? | mourir | crever | reveille_pas | repond_pas | repond_plus | repond_pu | bouge_pas | bouge_plus)
    | stroke_?(?:of | width) | prises?_de_sang | (?:test | don | analyse)_de_sang
    | (?:y_a | ya | aucun | aucune | sans)_(?:pas_de_)?(?:saignements? | perte_de_sang)
    | (?:infar\w{2,9} | avc | a_v_c | strokes? | (?:crises? | attaques?)_(?:de_ | du_)?(?:coeur | cardiaque)
        | accident_(?:grave | vasculaire))(?:_\w{1,15}){0,4}?_(?:
            (?:il_y_a | y_a | ya | voila)_(?:\w{1,12}_){1,3}?(?:ans? | annees? | mois | semaines? | longtemps)
            | en_(?:19 | 20)\d\d | dans_le_passe | l_?an_(?:passe | dernier) | l_annee_(?:passee | derniere))
    | (?:apres | depuis | suite_a)_(?:mon | son | un | l)_(?:avc | a_v_c | infar\w{2,9} | accident)
        (?!(?:_\w{1,15}){0,5}?_(?:matin | minutes? | heures? | tantot | aujourd | soir | nuit))
    | saign\w{0,4}_(?:un_peu_ | parfois_ | souvent_)?(?:des_ | d_)?gencives?
    | saign\w{0,4}(?:_\w{1,12}){0,6}_(?:mais_c_est_arrete | de_temps_en_temps | une_fois_de_temps | parfois | l_hiver)
    | (?:souffleuse | moteur | tondeuse | scie | char | auto | camion)(?:_\w{1,12}){0,3}?_etou\w{1,8}
    | au_secours(?=(?:_\w{1,15}){0,6}?_(?:lien | bouton | code | mot_de_passe | courriel | compte | site | page
        | portail))
    | noye_(?:dans | sous)_(?:les | mes | tout | la | vos) | etouffe_(?:par | sous)_les? | a_en_mourir
"""
