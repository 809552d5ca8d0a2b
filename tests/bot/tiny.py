"""A small project on disk, for tests of the program as a whole."""

import textwrap
from pathlib import Path

FILES = {
    "domain.yml": """
        version: "3.1"
        intents: [greet, bye, ask_password, affirm]
        entities: []
        slots:
          password:
            type: bool
            influence_conversation: false
            mappings: [{type: custom}]
        forms:
          secret_form:
            required_slots: [password]
        responses:
          utter_greet:
          - text: "Bonjour, que puis-je faire pour vous?"
            buttons: [{title: "Un secret", payload: "/ask_password"}]
          utter_bye:
          - text: "Au revoir."
          utter_done:
          - text: "C’est noté."
          utter_ask_password:
          - text: "Votre mot de passe?"
            custom: {input: secret, slot: password}
          utter_default:
          - text: "Je n’ai pas compris."
          utter_too_long:
          - text: "C’est trop long."
          utter_internal_error:
          - text: "Un problème est survenu : {reference}."
        actions: [validate_secret_form]
    """,
    "config.yml": """
        recipe: default.v1
        language: fr
        pipeline:
        - name: WhitespaceTokenizer
        - name: CountVectorsFeaturizer
        - name: LogisticRegressionClassifier
        policies:
        - name: RulePolicy
    """,
    "data/nlu.yml": """
        version: "3.1"
        nlu:
        - intent: greet
          examples: |
            - bonjour
            - salut
            - allo
        - intent: bye
          examples: |
            - au revoir
            - bonne journée
            - à bientôt
        - intent: ask_password
          examples: |
            - un secret
            - je veux dire un secret
        - intent: affirm
          examples: |
            - oui
            - d'accord
    """,
    "data/rules.yml": """
        version: "3.1"
        rules:
        - rule: greet
          steps:
          - intent: greet
          - action: utter_greet
        - rule: bye
          steps:
          - intent: bye
          - action: utter_bye
        - rule: secret
          steps:
          - intent: ask_password
          - action: secret_form
          - active_loop: secret_form
        - rule: secret done
          condition:
          - active_loop: secret_form
          steps:
          - action: secret_form
          - active_loop: null
          - slot_was_set:
            - requested_slot: null
          - action: utter_done
    """,
    "actions/__init__.py": "",
    "actions/forms.py": """
        from rasa_sdk import FormValidationAction


        class ValidateSecretForm(FormValidationAction):
            def name(self):
                return "validate_secret_form"

            async def extract_password(self, dispatcher, tracker, domain):
                if tracker.get_slot("requested_slot") != "password":
                    return {}
                return {"password": len(tracker.latest_message.get("text") or "") > 3 or None}

            async def required_slots(self, domain_slots, dispatcher, tracker, domain):
                return domain_slots

            def validate_password(self, value, dispatcher, tracker, domain):
                return {"password": value}
    """,
    "endpoints.yml": "",
    "credentials.yml": "rest:\n",
}


def write_project(root: Path, **changes: str | None) -> Path:
    """Write the project; `changes` replaces files by name (None leaves one out)."""
    for name, text in {**FILES, **changes}.items():
        if text is not None:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).strip() + "\n", encoding="utf-8")
    return root
