"""Words and phrases of yes and no, as `plain` leaves them: no accents, no apostrophes, no punctuation."""

from __future__ import annotations

from .patterns import phrase_set, word_set, words_pattern

FILLERS = word_set(
    """
    euh heu eh he ben bah bin beh bein bon la tse fak fait faque hum hmm hm mm oh ah alors merci svp
    stp please sil vous te plait madame monsieur mme m donc la-la lala allo bonjour salut ha hein
    pis et voyons cher chere
    """
)
YES_WORDS = word_set(
    """
    oui ouais ouin ouai ouep oue ouaip ouii oui-oui ui wi wui voui yes yep yup yeah ya yess oki ok
    okay oke okey okai okk dac daccord dacc dacodac dak okidou we o y certain certainement certes absolument exact
    exactement exacte effectivement parfait parfaitement correct correcte affirmatif positif voila
    volontiers evidemment go envoye envoie envoy tiguidou vrai vraiment si entendu naturellement
    good great sure right justement accepte acceptee jaccepte confirme jconfirme assurement
    totalement mets-en metsen metzen cool super excellent oui1
    """
)
NOT_BEFORE_MORE = word_set("vrai vraiment super cool bon si go y o we ya wi ui good great right sure certain")
"""Yes by themselves; before more words they say something else (« y fait frette », « ya une erreur »)."""
THANKS = phrase_set("merci bien | bien merci | merci ben")
NO_WORDS = word_set(
    """
    non nan nah nope no nop nenni pantoute jamais aucunement negatif nonon faux fausse refuse
    jrefuse nein naon n noon
    """
)
YES_PHRASES = phrase_set(
    """
    cest ca | cest bien ca | cest beau | c beau | cbeau | c bon | cbon | cest bon | cest bien |
    cest correct | c correct | ccorrect | cest exact | cest vrai | cest parfait | cest parfait ca |
    cest cela | cest cela meme | cest ok | cest good | cest sur | cest certain | cest clair | c ca |
    ca | tout a fait | bien sur | ben sur | bin sur | bien oui | mais oui | je confirme |
    je le confirme | je consens | dacc ord | daccord | je suis daccord | chu daccord | chui daccord
    | jsuis daccord | suis daccord | d accord | je suis dac | pas de probleme | pas de problemes |
    pas de trouble | aucun probleme | sans probleme | pourquoi pas | avec plaisir | je veux |
    je veux bien | jveux | jveux bien | je le veux | on y va | vas y | vasy | allez y | allons y |
    allons | lets go | let s go | go ahead | je crois que oui | je pense que oui | je pense bien |
    je crois bien | je crois | je pense | je dirais oui | je dis oui | oui monsieur | mets en |
    ca marche | ca me va | ca me convient | ca a du sens | cest en plein ca | en plein ca |
    jai lu et jaccepte | lu et accepte | lu et approuve | japprouve | jen veux | jen veux un |
    yes sir | ca lair bon | ca a lair bon | tout est beau | tout est bon | tout est correct |
    tout est ok | cest tout bon | tout est exact | tout est vrai | all good | of course | bonne idee
    | tel quel | cest la bonne | cest le bon | cest bien le bon | cest elle | cest lui |
    cest la mienne | cest le mien | cest mon adresse | cest mon courriel | cest mon nam | bien recu
    | oui oui | un gros oui | cest oui | certain que oui | sur et certain | i agree | i accept |
    thats right | thats it | comme vous voulez | sil le faut | si vous voulez | faites donc |
    fais donc | je le souhaite | je souhaite continuer | je continue | on continue | continuons |
    continuez | continue | continuer | ca ira | yes please | cest conforme | cest tiguidou |
    tres bien | bien entendu | je suis certain | je suis certaine | je suis sur | je suis sure |
    cest celle la | celle la | cest celui la | celui la | cest pas mal ca | pas mal ca | bien | k | o k | ok go
    """
)
SENTENCE_OPENINGS = phrase_set(
    """
    je veux | jveux | je le veux | je crois | je pense | jen veux | je suis sur | je suis sure | je suis certain |
    je suis certaine | je continue | cest mon adresse | cest mon courriel | cest mon nam | cest elle | cest lui
    """
)
"""A yes by themselves, but not as the first words of a longer sentence."""
NO_PHRASES = phrase_set(
    """
    pas vraiment | pas du tout | pas pantoute | pas tout de suite | pas maintenant | pas besoin |
    pas la peine | pas necessaire | pas aujourdhui | pas pour le moment | pas pour linstant | pas la
    | pas daccord | pas accepte | pas dac | pas ca | pas bon | pas correct | pas exact | pas vrai |
    pas ok | cest pas ca | cest pas bon | cest pas correct | cest pas beau | cest pas vrai |
    cest pas exact | cest pas lui | cest pas elle | cest pas la mienne | cest pas le mien |
    cest pas le bon | cest pas la bonne | cest pas mon courriel | cest pas mon adresse |
    cest pas mon nam | cest pas moi | ce nest pas ca | ce nest pas bon | ce nest pas correct |
    ce nest pas exact | ce nest pas vrai | ce nest pas moi | ce nest pas le bon | c pas ca |
    c pas bon | c pas correct | cest faux | c faux | cest non | je refuse | jrefuse | je dis non |
    je crois pas | je ne crois pas | je pense pas | je ne pense pas | je crois que non |
    je pense que non | jpense pas | jcrois pas | surtout pas | jamais de la vie | certainement pas |
    absolument pas | vraiment pas | aucune | aucun | rien | en aucun cas | aucunement |
    jaime mieux pas | jaimerais mieux pas | jaime autant pas | je prefere pas | je prefererais pas |
    je prefere que non | ni lun ni lautre | jai pas besoin | je nai pas besoin | pas interesse |
    pas interessee | ca minteresse pas | ca ne minteresse pas | bien non | mais non | oh non |
    ah non | ben non | bin non | pas question | hors de question | il nen est pas question | no way
    | not really | no thanks | nope merci | i disagree | pas encore | non plus | ca ira pas |
    ca me va pas | ca ne me va pas | ca marche pas pour moi | moi non | pas moi | pas mon choix |
    pas bien | ca me tente pas | ca ne me tente pas | ca mtente pas
    """
)
UNSURE = words_pattern(r"""
    \b(?:peut_etre|peut-etre|je_sais_pas|je_ne_sais_pas|jsais_pas|jsp|chais_pas|ch_sais_pas|pas_sur
        |pas_sure|pas_certain|pas_certaine|ca_depend|oui_et_non|oui_non|non_oui|ni_oui_ni_non
        |aucune_idee|hesite|bof|oui_pis_non|mettons|possiblement|pas_trop)\b
""")
QUESTION = words_pattern(r"""
    ^(?:oui_|non_|ok_|mais_|et_|ben_|daccord_|bon_)*(?:est_ce|cest_quoi|c_quoi|ce_quoi|kesse|kosse|quest
        |ques|que_veut|pourquoi(?!_pas\b)|pkoi|pk\b|comment|combien|quel|quelle|quels|quelles|quoi|qui\b
        |ou\b_(?:est|je|trouver|ca|puis)|quand|lequel|laquelle|what|why|how|where|puis_je|peut_on
        |dois_je|avez_vous|pouvez_vous|pourriez_vous|voulez_vous)
    | \b(?:peut_tu|peux_tu|cest_tu|c_tu|faut_tu|je_peux_tu|jpeux_tu|ya_tu|y_a_tu|ca_tu
        |pourquoi(?!_pas\b)|pkoi|cest_quoi|c_quoi|ca_veut_dire_quoi)\b
""")
REFUSES = words_pattern(r"""
    \b(?:[jn]_?|ne_|nen_|les?_|la_)*(?:refuse|accepte(?:rai|rais)?_(?:pas|jamais|rien|aucun)
        |accepterai_pas|(?:suis|sus|chu|chui|jsuis)_pas_daccord|(?:suis|sus)_en_desaccord|veux_pas
        |veut_pas|veux_pu|voudrais_pas|souhaite_pas|consens_pas|confirme_pas|approuve_pas|desire_pas
        |aimerais_pas|tiens_pas|ai_pas_envie|prefere_ne_pas|prefere_pas|prends_pas)\b
""")
ACCEPTS = words_pattern(r"""
    ^(?:(?:oui|ok|moi|bon|ouais|daccord|parfait|jai_(?:tout_)?lu_et)_)*(?:je_|j_?)(?:les_|le_|la_|l_?
        |y_)?(?:accepte|acceptes|accepterais?|confirme|approuve|consens|autorise|(?:suis|sus)_(?:bien_
        |tout_a_fait_)?daccord|reconfirme|signe)\b
""")
