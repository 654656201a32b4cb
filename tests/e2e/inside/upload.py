"""Runs inside the client pod: puts a file into an object store. Usage: upload.py SECRET-DATA-AS-JSON FILE URI."""

import base64
import json
import pathlib
import sys

import obstore

keys, source, target = json.loads(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
options = {name.lower(): base64.b64decode(value).decode() for name, value in keys.items()}
bucket, _, path = target.removeprefix("s3://").partition("/")
client_options = {"allow_http": options.pop("aws_allow_http") == "true"}
store = obstore.store.S3Store(bucket, config=options, client_options=client_options)
obstore.put(store, path, source.read_bytes())
