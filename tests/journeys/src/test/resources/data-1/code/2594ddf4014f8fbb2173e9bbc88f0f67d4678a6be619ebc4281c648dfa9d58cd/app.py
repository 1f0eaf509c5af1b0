def handler(event, context):
    return 'one'
