from tests.bot.dialogue.helpers import Actions, Chat

DOMAIN = """
intents: [greet, signup, faq, nlu_fallback]
slots:
  email:
    type: text
    mappings:
    - type: from_text
      not_intent: [faq]
      conditions:
      - active_loop: f
        requested_slot: email
  age:
    type: text
    mappings:
    - type: from_text
      not_intent: [faq]
      conditions:
      - active_loop: f
        requested_slot: age
forms:
  f:
    required_slots: [email, age]
actions: [validate_f]
responses:
  utter_greet: [{text: hello}]
  utter_faq: [{text: answer}]
  utter_ask_email: [{text: email?}]
  utter_ask_age: [{text: age?}]
  utter_done: [{text: "done {email}"}]
"""
RULES = """
rules:
- rule: greet
  steps: [{intent: greet}, {action: utter_greet}]
- rule: faq
  steps: [{intent: faq}, {action: utter_faq}]
- rule: start
  steps: [{intent: signup}, {action: f}, {active_loop: f}]
- rule: submit
  condition: [{active_loop: f}]
  steps: [{action: f}, {active_loop: null}, {action: utter_done}]
"""


async def test_a_conversation():
    chat = Chat(DOMAIN, RULES, actions=Actions(validate_f=[]))
    assert await chat.say("/greet") == ["hello"]
    assert await chat.say("/signup") == ["email?"]
    assert await chat.say("/faq") == ["answer", "email?"]
    assert await chat.say("a@b.ca") == ["age?"]
    assert await chat.say("12") == ["done a@b.ca"]
    assert chat.tracker.active_loop is None
    chat.reload()
    assert await chat.say("/greet") == ["hello"]
