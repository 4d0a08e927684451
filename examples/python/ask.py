"""Asks for a verdict, with Python's standard library alone: ask.py FOLDER API FINGERPRINT

FOLDER is what `countersign site cert --out` wrote; API is the address of `api`, as in https://localhost:8443.
"""
import http.client
import json
import ssl
import sys
from urllib.parse import urlsplit

folder, api, fingerprint = sys.argv[1:]
context = ssl.create_default_context(cafile=f'{folder}/root.pem')
context.load_cert_chain(f'{folder}/cert.pem', f'{folder}/key.pem')
connection = http.client.HTTPSConnection(urlsplit(api).netloc, context=context, timeout=3)  # keep it for the next question

connection.request('GET', f'/v1/verdicts/{fingerprint}')
response = connection.getresponse()
answer = json.load(response)
if response.status != 200:
    sys.exit(f'no verdict, nobody is signed in: {answer["detail"]}')
match answer['verdict']:
    case 'valid':
        print('valid', answer['subject'])
    case 'needs-revalidation':
        print('needs-revalidation', answer['redirect'])
    case 'revoked' | 'missing':
        print(answer['verdict'], answer['reason'])
    case other:
        sys.exit(f'an unknown verdict, nobody is signed in: {other}')
