def handler(event, context):
    return 'two'
