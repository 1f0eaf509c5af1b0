# Turns a text around, as an ordinary function of ruby3.4.
def handler(event:, context:)
  { number: event["number"], text: event["text"].reverse }
end
