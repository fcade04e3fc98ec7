"""How the peers speak: a JSON request a line on stdin, a JSON answer a line on stdout, until `quit`."""

import json
import sys


def serve(commands):
    """`commands`: a function of the request for each name; what it returns is the answer."""
    for line in sys.stdin:
        request = json.loads(line)
        name = request["command"]
        if name == "quit":
            break
        command = commands.get(name)
        answer = command(request) if command else {"error": f"unknown command {name!r}"}
        print(json.dumps(answer), flush=True)


def serve_steps(create):
    """Times training steps: `setup` calls `create(config, parameters, batches)`, `round` its round(steps)."""
    state = {}

    def setup(request):
        state["run"] = create(request["config"], request["parameters"], request["batches"])
        return {"ok": True}

    serve({"setup": setup, "round": lambda request: state["run"].round(request["steps"])})
