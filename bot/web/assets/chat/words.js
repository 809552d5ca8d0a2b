/* What the chat itself says (the assistant's words come from the server). */

export const WORDS = {
  close: "Fermer l’assistant",
  help: "Aide",
  log: "Conversation",
  message: "Votre message",
  send: "Envoyer",
  show: "Afficher",
  hide: "Masquer",
  masked: "Ce champ n’apparaît pas dans la conversation.",
  code: "Le code est bon 10 minutes, tant que cette page reste ouverte.",
  ask: "Poser une question plutôt",
  back: "Revenir au champ protégé",
  change: "Modifier",
  choices: "Réponses proposées",
  you: "Vous : ",
  bot: "L’assistant : ",
  typing: "L’assistant écrit…",
  dots: "●●●●●●●●",
  hidden: "(message masqué)",
  offline: "Connexion perdue. Nouvel essai…",
  unreachable: "L’assistant ne répond pas. Vérifiez votre connexion, ou appelez votre clinique.",
  online: "Connexion rétablie.",
  slow: "La réponse tarde. Votre message n’est pas perdu.",
  resumed: "La conversation reprend.",
  lost: "La conversation d’avant est terminée. On repart du début.",
  long: "Ce message est trop long : 5 000 caractères au plus.",
  return: "Retour à la conversation",
};

export const DOCUMENTS = {
  "/conditions": "Conditions d’utilisation",
  "/confidentialite": "Politique de confidentialité",
};

/* The steps of the signup, and the slots that each asks for. */
export const STEPS = [
  ["Courriel", /^(email|resume)/],
  ["Numéro d’assurance maladie", /^nam/],
  ["Nom d’utilisateur", /^username/],
  ["Mot de passe", /^password/],
  ["Conditions et résumé", /^(terms|privacy|signup)/],
  ["Clinique", /^(clinic|match|activation)/],
];

/* Label, autocomplete, inputmode; a last true: the field is for a secret. */
export const FIELDS = {
  email: ["Votre adresse courriel", "email", "email"],
  username: ["Nom d’utilisateur", "username", ""],
  login_id: ["Nom d’utilisateur ou courriel", "username", ""],
  password: ["Mot de passe", "new-password", "", true],
  password_confirmation: ["Confirmation du mot de passe", "new-password", "", true],
  login_password: ["Mot de passe", "current-password", "", true],
  activation_code: ["Code d’accès (6 chiffres)", "one-time-code", "numeric", true],
};

export const refusal = (code, seconds) => {
  const wait = " Réessayez dans " + (seconds ? seconds + " secondes." : "un instant.");
  if (code === "too_many_messages") return "Vous avez envoyé beaucoup de messages." + wait;
  if (code === "body_too_large") return WORDS.long;
  return "Je n’arrive pas à vous répondre." + wait + " Si cela continue, appelez votre clinique.";
};
