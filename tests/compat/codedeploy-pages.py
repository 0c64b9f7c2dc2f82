"""Every paginator that botocore has for CodeDeploy, and the waiter, on lists of more than one page. Prints {paginator: [pages, items]}.

Arguments: a JSON object of the input of each paginator, and a deployment that has failed. The configuration is the environment's alone.
"""

import json
import sys

import boto3
from botocore.exceptions import WaiterError
from botocore.session import get_session

INPUTS = json.loads(sys.argv[1])
client = boto3.client("codedeploy")
model = get_session().get_paginator_model("codedeploy")
found = {}
for operation in sorted(model._paginator_config):
    method = next(name for name, api in client.meta.method_to_api_mapping.items() if api == operation)
    items_key = model.get_paginator(operation)["result_key"]
    pages = [page[items_key] for page in client.get_paginator(method).paginate(**INPUTS.get(operation, {}))]
    items = [json.dumps(item, sort_keys=True, default=str) for page in pages for item in page]
    assert len(items) == len(set(items)), f"{operation} gave an item twice"
    found[operation] = [len(pages), len(items)]
try:
    client.get_waiter("deployment_successful").wait(deploymentId=sys.argv[2])
except WaiterError as error:
    assert "terminal failure state" in str(error), error
else:
    raise AssertionError("the waiter took a failed deployment for a success")
print(json.dumps(found))
