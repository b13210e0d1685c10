"""A client of APIs that the mock knows from their documents alone.

inferred.py UNDERSTUDY FOLDER serves each document of STORIES that lies in the folder or below it, and lets every thing
live its life: create, get, list, change, delete, gone. One line for each; the last says how many of the steps went as a
client expects. Exit code 1 when one did not.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request


class Refused(Exception):
    pass


class Client:
    def __init__(self, base, header):
        self.base, self.header = base, header

    def call(self, method, path, body=None, form=False, want=None):
        data, header = None, dict(self.header)
        if body is not None:
            data = urllib.parse.urlencode(body) if form else json.dumps(body)
            data = data.encode()
            header["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        request = urllib.request.Request(self.base + path, data, header, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as e:
            status, text = e.code, e.read()
        if status not in (want or (200, 201, 202, 204)):
            raise Refused(f"{method} {path}: {status} {text[:300].decode(errors='replace')}")
        return json.loads(text) if text else None


def at(tree, pointer):
    for token in pointer.split("/")[1:]:
        tree = tree[int(token) if isinstance(tree, list) else token]
    return tree


class Life:
    """One thing's calls: {key} in a path, query or body is what create answered at `key`."""

    def __init__(self, name, create, get, listed, update, delete, key, members, sees, put=None, form=False, many=None):
        self.name, self.create, self.get, self.listed = name, create, get, listed
        self.update, self.delete, self.key, self.form = update, delete, key, form
        self.members = members  # where the list has its rows
        self.sees = sees  # (pointer into what get answers, value after create, value after update)
        self.put = put
        self.many = many  # where the key is in a row; default: the last token of key

    def fill(self, value, key):
        if isinstance(value, str):
            return value.replace("{key}", urllib.parse.quote(str(key), safe="") if "/" in value[:1] else str(key))
        if isinstance(value, dict):
            return {k: key if v == "{key}" else self.fill(v, key) for k, v in value.items()}
        return value

    def live(self, client):
        def send(call, key=None, want=None):
            return client.call(call[0], self.fill(call[1], key), self.fill(call[2], key) if len(call) > 2 else None,
                               self.form, want)

        def rows():
            return [str(at(row, self.many or "/" + self.key.split("/")[-1])) for row in at(send(self.listed), self.members)]

        def expect(what, found, wanted):
            if found != wanted:
                raise Refused(f"{what}: wanted {wanted!r}, found {found!r}")

        pointer, before, after = self.sees
        key = at(send(self.create), self.key)
        yield "create"
        expect("get", at(send(self.get, key), pointer), before)
        yield "get"
        expect("is listed", str(key) in rows(), True)
        yield "list"
        if self.update:
            send(self.update, key)
            expect("get after update", at(send(self.get, key), pointer), after)
            yield "update"
        if self.delete:
            send(self.delete, key)
            yield "delete"
            send(self.get, key, (404,))
            expect("is listed after delete", str(key) in rows(), False)
            yield "gone"


def rpc(thing, member, create, update, sees, members=None, listed=None):
    """An API whose paths are names: /works.create, and so on, all by POST; get by GET."""
    return Life(thing, ("POST", f"/{thing}.create", create), ("GET", f"/{thing}.get?id={{key}}"),
                listed or ("POST", f"/{thing}.list", {}),
                update and ("POST", f"/{thing}.update", {"id": "{key}", **update}),
                ("POST", f"/{thing}.delete", {"id": "{key}"}), f"/{member}/id", f"/{members or thing}", sees)


def rest(name, paths, create, update, sees, key, members="", method="PATCH", form=False, many=None, remove=True):
    """paths: of all, and of one with {key}."""
    return Life(name, ("POST", paths[0], create), ("GET", paths[1]), ("GET", paths[0].split("?")[0]),
                update and (method, paths[1], update), remove and ("DELETE", paths[1]), key, members, sees, form=form,
                many=many)


DEVREV = [
    rpc("works", "work",
        {"type": "issue", "title": "Token check is wrong", "applies_to_part": "PROD-1", "owned_by": ["DEVU-1"],
         "body": "Tokens with a trailing space are refused.", "priority": "p1"},
        {"type": "issue", "title": "Token check is right"}, ("/work/title", "Token check is wrong", "Token check is right")),
    rpc("works", "work",
        {"type": "ticket", "title": "Login fails", "applies_to_part": "PROD-1", "owned_by": ["DEVU-1"], "severity": "high"},
        {"type": "ticket", "severity": "low"}, ("/work/severity", "high", "low")),
    rpc("works", "work",
        {"type": "opportunity", "title": "A bigger shop", "applies_to_part": "PROD-1", "owned_by": ["DEVU-1"],
         "account": "ACC-1"},
        {"type": "opportunity", "title": "A huge shop"}, ("/work/title", "A bigger shop", "A huge shop")),
    rpc("parts", "part", {"type": "product", "name": "Web shop", "owned_by": ["DEVU-1"], "description": "Where customers buy."},
        {"type": "product", "name": "Shop"}, ("/part/name", "Web shop", "Shop")),
    rpc("parts", "part",
        {"type": "capability", "name": "Accounts", "owned_by": ["DEVU-1"], "parent_part": ["PROD-1"]},
        {"type": "capability", "description": "Who may come in."}, ("/part/name", "Accounts", "Accounts")),
    rpc("accounts", "account", {"display_name": "Mill Street Bakery", "domains": ["mill.example"], "external_refs": ["crm-1"]},
        {"display_name": "Mill Street"}, ("/account/display_name", "Mill Street Bakery", "Mill Street")),
    rpc("tags", "tag", {"name": "urgent", "description": "Today."}, {"description": "Now."},
        ("/tag/description", "Today.", "Now.")),
    rpc("links", "link", {"link_type": "is_dependent_on", "source": "TKT-1", "target": "ISS-1"}, None,
        ("/link/link_type", "is_dependent_on", None), listed=("POST", "/links.list", {"object": "TKT-1"})),
]

STRIPE = [
    rest("customers", ("/v1/customers", "/v1/customers/{key}"), {"name": "Ada Example", "email": "ada@example.com"},
         {"name": "Ada E."}, ("/name", "Ada Example", "Ada E."), "/id", "/data", "POST", form=True),
    rest("products", ("/v1/products", "/v1/products/{key}"), {"name": "Bell"}, {"name": "Loud bell"},
         ("/name", "Bell", "Loud bell"), "/id", "/data", "POST", form=True),
    rest("coupons", ("/v1/coupons", "/v1/coupons/{key}"), {"percent_off": "25", "duration": "once", "name": "Spring"},
         {"name": "Summer"}, ("/name", "Spring", "Summer"), "/id", "/data", "POST", form=True),
    rest("payment intents", ("/v1/payment_intents", "/v1/payment_intents/{key}"), {"amount": "1999", "currency": "eur"},
         {"description": "One bell"}, ("/amount", 1999, 1999), "/id", "/data", "POST", form=True, remove=False),
    rest("plans", ("/v1/plans", "/v1/plans/{key}"), {"amount": "500", "currency": "eur", "interval": "month", "nickname": "Small"},
         {"nickname": "Tiny"}, ("/nickname", "Small", "Tiny"), "/id", "/data", "POST", form=True),
]

# Repositories are made at /user/repos, and found by owner and name at another path: nothing says that these are the same.
GITHUB = [
    rest("issues", ("/repos/ada/bells/issues", "/repos/ada/bells/issues/{key}"), {"title": "It rings"},
         {"title": "It rings twice"}, ("/title", "It rings", "It rings twice"), "/number", remove=False),
    rest("labels", ("/repos/ada/bells/labels", "/repos/ada/bells/labels/{key}"), {"name": "loud", "color": "f29513"},
         {"color": "ffffff"}, ("/color", "f29513", "ffffff"), "/name"),
    rest("milestones", ("/repos/ada/bells/milestones", "/repos/ada/bells/milestones/{key}"), {"title": "Spring"},
         {"title": "Summer"}, ("/title", "Spring", "Summer"), "/number"),
    rest("releases", ("/repos/ada/bells/releases", "/repos/ada/bells/releases/{key}"), {"tag_name": "v1", "name": "One"},
         {"name": "First"}, ("/name", "One", "First"), "/id"),
    rest("gists", ("/gists", "/gists/{key}"), {"description": "A ring", "files": {"a.txt": {"content": "ding"}}},
         {"description": "Two rings"}, ("/description", "A ring", "Two rings"), "/id"),
]

DIGITALOCEAN = [
    rest("droplets", ("/v2/droplets", "/v2/droplets/{key}"),
         {"name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-20-04-x64"}, None,
         ("/droplet/name", "web-1", None), "/droplet/id", "/droplets"),
    rest("domains", ("/v2/domains", "/v2/domains/{key}"), {"name": "bells.example"}, None,
         ("/domain/name", "bells.example", None), "/domain/name", "/domains"),
    rest("domains", ("/v2/domains", "/v2/domains/{key}"), {"name": "bells.example"}, None,
         ("/domain/name", "bells.example", None), "/domain/name", "/domains", remove=False),
    rest("records", ("/v2/domains/bells.example/records", "/v2/domains/bells.example/records/{key}"),
         {"type": "A", "name": "www", "data": "192.0.2.1"}, {"type": "A", "name": "shop"},
         ("/domain_record/name", "www", "shop"), "/domain_record/id", "/domain_records"),
    rest("keys", ("/v2/account/keys", "/v2/account/keys/{key}"), {"name": "laptop", "public_key": "ssh-rsa AAAA ada"},
         {"name": "desktop"}, ("/ssh_key/name", "laptop", "desktop"), "/ssh_key/id", "/ssh_keys", "PUT"),
    rest("projects", ("/v2/projects", "/v2/projects/{key}"), {"name": "shop", "purpose": "Web Application"},
         {"name": "big shop"}, ("/project/name", "shop", "big shop"), "/project/id", "/projects"),
    rest("tags", ("/v2/tags", "/v2/tags/{key}"), {"name": "loud"}, None, ("/tag/name", "loud", None), "/tag/name", "/tags"),
    rest("volumes", ("/v2/volumes", "/v2/volumes/{key}"), {"name": "disk", "size_gigabytes": 10, "region": "nyc1"}, None,
         ("/volume/name", "disk", None), "/volume/id", "/volumes"),
]

STORIES = [
    ("devrev-openapi-beta.yaml", {"Authorization": "Bearer token"}, DEVREV),
    ("stripe.json", {"Authorization": "Bearer sk_test"}, STRIPE),
    ("github.json", {"Authorization": "Bearer token"}, GITHUB),
    ("DigitalOcean-public.v2.yaml", {"Authorization": "Bearer token"}, DIGITALOCEAN),
]


def find(folder, name):
    for at_, _, files in os.walk(folder):
        if name in files:
            return os.path.join(at_, name)
    return None


def serve(understudy, document, port_file):
    server = subprocess.Popen([understudy, "serve", document, "-p", "0", "--port-file", port_file],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        if os.path.exists(port_file) and os.path.getsize(port_file):
            with open(port_file, encoding="ascii") as f:
                return server, int(f.read())
        if server.poll() is not None:
            break
        time.sleep(0.1)
    server.kill()
    raise SystemExit(f"{document} is not served")


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    went, failed = 0, 0
    for name, header, lives in STORIES:
        document = find(sys.argv[2], name)
        if not document:
            continue
        print(document)
        with tempfile.TemporaryDirectory() as scratch:
            server, port = serve(sys.argv[1], document, os.path.join(scratch, "port"))
            try:
                for life in lives:
                    done = []
                    try:
                        for step in life.live(Client(f"http://127.0.0.1:{port}", header)):
                            done.append(step)
                        print(f"  {life.name:26} {' '.join(done)}")
                    except (Refused, KeyError, IndexError, TypeError) as e:
                        failed += 1
                        print(f"  {life.name:26} {' '.join(done)} -- {type(e).__name__}: {e}")
                    went += len(done)
            finally:
                server.terminate()
                server.wait()
    print(f"result={'ok' if went and not failed else 'failed'} steps={went} failed={failed}")
    raise SystemExit(0 if went and not failed else 1)


if __name__ == "__main__":
    main()
