"""A bicycle is built in three levels, fails its inspection, gets another wheel, and every link is found again.

serial.py PORT talks to a server with the bundled fixtures and ends with 0 when all went as it should."""

import sys
import threading

from client import Client, same

PORT = int(sys.argv[1])
api = Client(PORT)


def one(path):
    found = api.call("GET", path)
    same(len(found), 1, f"items of {path}")
    return found[0]


def make(identifier, component, **more):
    made = api.call("PUT", "/components/instances", {"identifier": identifier, "component_id": component, **more})
    same(made["status"], "PLANNED", f"status of {identifier}")
    return made


def dataset(name, kind, process, **more):
    return api.call("PUT", "/datasets", {"name": name, "type": kind, "process_id": process, **more})


def add(entry, dataset_id, kind, **more):
    return api.call("PUT", f"/processes/entries/{entry['id']}", {"type": kind, "dataset_id": dataset_id, **more})


def submit(entry, **more):
    done = api.call("PATCH", f"/processes/entries/{entry['id']}", {"is_complete": True, **more})
    same(done["upload_error"], False, "upload_error of a submitted entry")
    return done


history = {}  # every link that was made, by id


def link(entry, parent, child, dataset_id, **more):
    answer = api.call(
        "PUT",
        "/components/instances/links",
        {
            "parent_component_instance_id": parent["id"],
            "child_component_instance_id": child["id"],
            "process_entry_id": entry["id"],
            "dataset_id": dataset_id,
            **more,
        },
    )
    history[answer["new_link"]["id"]] = answer["new_link"]
    for broken in answer["broken_links"]:
        same(broken["is_active"], False, "is_active of a broken link")
        history[broken["id"]] = broken
    return answer


def state(instance):
    return one(f"/components/instances?id={instance['id']}")


# ---- what is built, and for whom ----

components = {c["name"]: c["id"] for c in api.call("GET", "/components?is_active=true")}
light = api.call("POST", "/components", {"name": "Light", "component_type": "SN"})
number = api.call(
    "POST", "/part-numbers", {"part_number": "BC-400", "component_id": components["Bicycle"], "description": "With a light"}
)
same(one("/part-numbers?part_number=BC-400"), number, "the part number looked up")
operator = one("/operators?first_name=Aiko&last_name=Tanaka")
user = api.call("GET", "/operators?pin=1001")[0]["user_id"]

order = api.call(
    "POST",
    "/work-orders",
    {
        "name": "One bicycle with a light",
        "component_id": components["Bicycle"],
        "part_number_id": number["id"],
        "quantity": 1,
        "created_by_user_id": user,
        "deadline": "2031-05-01T12:00:00",
    },
)
same(order["status"], "DRAFT", "status of a new order")
same(order["deadline"], "2031-05-01T12:00:00.000000+00:00", "a deadline without an offset")
api.upload(
    "PUT",
    f"/work-orders/{order['wo_number']}/attachments",
    [
        ("metadata", {"type": "FILE", "name": "Wiring", "added_by_user_id": user, "file_name": "wiring.pdf"}),
        ("attachment", ("wiring.pdf", "application/pdf", b"%PDF-1.7 and so on")),
    ],
)
api.call("POST", f"/work-orders/{order['id']}/comments", {"comment": "Mind the dynamo.", "added_by_user_id": user})
order = api.call("GET", f"/work-order/{order['wo_number']}")
same([a["type"] for a in order["activity_log"]], ["CREATED", "ATTACHMENT_ADDED", "COMMENTED"], "the log of the order")
same(len(order["attachments"]), 1, "attachments of the order")
same(api.call("GET", "/work-orders")[0]["id"], order["id"], "the order that was changed last")

# ---- datasets: callers race, and all of them mean the same ----

WHEEL, TRUING, ASSEMBLY, INSPECTION = (f"bbbbbbbb-0000-4000-8000-00000000000{n}" for n in (1, 5, 2, 4))
api.call(
    "PUT",
    "/components/links",
    {"parent_component_id": components["Bicycle"], "child_component_id": light["id"], "process_id": ASSEMBLY},
)
raced = []


def race():
    mine = Client(PORT)
    body = {"name": "Light", "type": "LINK", "process_id": ASSEMBLY, "usl": None, "lsl": None, "unit": None}
    for _ in range(5):
        raced.append(mine.call("PUT", "/datasets", body)["id"])


threads = [threading.Thread(target=race) for _ in range(12)]
for t in threads:
    t.start()
for t in threads:
    t.join()
same(len(raced), 60, "answers to the race")
same(len(set(raced)), 1, "datasets that the race has made")
links = {d["name"]: d["id"] for d in api.call("GET", f"/datasets?type=LINK&process_id={ASSEMBLY}")}
same(links["Light"], raced[0], "the dataset of the race")
links |= {d["name"]: d["id"] for d in api.call("GET", f"/datasets?type=LINK&process_id={WHEEL}")}
tension = dataset("Spoke tension", "NUMERICAL", WHEEL)["id"]
runout = dataset("Lateral runout", "NUMERICAL", TRUING)["id"]

# ---- the third level in the second: wheels ----

lots = {
    name: api.call("GET", f"/components/instances?component_id={components[name]}")[0] for name in ("Tire", "Rim", "Spokes")
}


def wheel(n, tension_is):
    axle = make(f"STORY-AXLE-{n}", components["Axle"])
    made = make(f"STORY-WHEEL-{n}", components["Wheel"])
    entry = api.call(
        "POST",
        "/processes/entries",
        {
            "process_id": WHEEL,
            "component_instance_id": made["id"],
            "operator_id": operator["id"],
            "timestamp": "2031-04-01T08:00:00+02:00",
        },
    )
    same(entry["timestamp"], "2031-04-01T06:00:00.000000+00:00", "a timestamp in UTC")
    same(entry["upload_error"], True, "upload_error of an open entry")
    link(entry, made, axle, links["Axle"])
    for name, lot in lots.items():
        same(link(entry, made, lot, links[name])["broken_links"], [], f"links that a lot of {name} has lost")
    same(add(entry, tension, "NUMERICAL", value=tension_is)["is_pass"], True, "a tension between its limits")
    same(submit(entry)["is_pass"], True, "a wheel that was built")
    same(state(made)["status"], "WIP", "a wheel that is not trued")
    entry = api.call("POST", "/processes/entries", {"process_id": TRUING, "component_instance_id": made["id"]})
    add(entry, runout, "NUMERICAL", value=0.2)
    submit(entry, cycle_time=300)
    same(state(made)["status"], "COMPLETE", "a wheel that is trued")
    return made


front, rear = wheel(1, 1000), wheel(2, 1100)

# ---- the second level in the first: the bicycle ----

tried = {
    "identifier": "STORY-BIKE",
    "component_id": components["Bicycle"],
    "part_number_id": number["id"],
    "work_order_id": order["id"],
}
api.call("PUT", "/components/instances", tried, header={"Validation-Only": "true"})
same(api.call("GET", "/components/instances?identifier=STORY-BIKE"), [], "what was only tried")
bike = make(**{("component" if k == "component_id" else k): v for k, v in tried.items()})
same(api.call("PUT", "/components/instances", tried)["id"], bike["id"], "the same instance put twice")
frame = make("STORY-FRAME", components["Frame"])
fork = make("STORY-FORK", components["Fork"])
lamp = make("STORY-LIGHT", light["id"])
assembly = api.call("POST", "/processes/entries", {"process_id": ASSEMBLY, "component_instance_id": bike["id"]})
same(state(bike)["status"], "WIP", "a bicycle in work")
for child, name in ((frame, "Frame"), (fork, "Fork"), (front, "Front wheel"), (rear, "Rear wheel"), (lamp, "Light")):
    link(assembly, bike, child, links[name])
again = api.call(
    "PUT",
    "/components/instances/links",
    {
        "parent_component_instance_id": bike["id"],
        "child_component_instance_id": frame["id"],
        "process_entry_id": assembly["id"],
        "dataset_id": links["Frame"],
    },
)
same(sorted(again), ["broken_links", "prior_link"], "members of the answer to a link that is there")
photo = api.upload("POST", "/files", [("file", ("story.jpg", None, b"\xff\xd8\xff" + bytes(2000)))])
same(photo["bucket_id"], "data-images", "where a photo is stored")
same(photo["metadata"]["contentLength"], "2003", "its length")
image = add(assembly, dataset("Photo", "IMAGE", ASSEMBLY)["id"], "IMAGE", file_id=photo["name"], file_name="story.jpg")
same(image["file_id"], photo["name"], "the photo of the entry")
same(submit(assembly)["is_pass"], True, "an assembly without a failed datum")

# ---- it fails, and the front wheel is replaced ----

ride = dataset("Test ride", "BOOLEAN", INSPECTION)["id"]
look = api.call("POST", "/processes/entries", {"process_id": INSPECTION, "component_instance_id": bike["id"]})
same(add(look, ride, "BOOLEAN", value=False, expected_value=True)["is_pass"], False, "a ride that went wrong")
same(submit(look)["is_pass"], False, "an inspection with a failed datum")
same(state(bike)["status"], "DEFECTIVE", "a bicycle that failed")

better = wheel(3, 1050)
rework = api.call("POST", "/processes/entries", {"process_id": ASSEMBLY, "component_instance_id": bike["id"]})
before = [x for x in history.values() if x["unique_identifier_id"] == bike["id"]]
swap = link(rework, bike, better, links["Front wheel"], break_prior_links=True)
same({x["id"] for x in swap["broken_links"]}, {x["id"] for x in before}, "links that were broken for the new wheel")
for child, name in ((frame, "Frame"), (fork, "Fork"), (rear, "Rear wheel"), (lamp, "Light")):
    same(link(rework, bike, child, links[name])["broken_links"], [], f"links that the {name} has lost")
submit(rework)
same(state(bike)["status"], "WIP", "a bicycle that was mended")
# The wheel that was taken off goes into another bicycle, and leaves nothing behind.
other = one("/components/instances?identifier=BIKE-0002")
entry = api.call("GET", f"/processes/entries?component_instance_id={other['id']}")[0]
same(link(entry, other, front, links["Front wheel"])["broken_links"], [], "links of a wheel that was free")
moved = link(entry, other, rear, links["Rear wheel"])["broken_links"]
same([x["unique_identifier_id"] for x in moved], [bike["id"]], "the parent that a wheel has left")
back = link(rework, bike, rear, links["Rear wheel"])["broken_links"]
same([x["unique_identifier_id"] for x in back], [other["id"]], "the parent that it has left again")
look = api.call("POST", "/processes/entries", {"process_id": INSPECTION, "component_instance_id": bike["id"]})
add(look, ride, "BOOLEAN", value=True, expected_value=True)
same(submit(look)["is_pass"], True, "the second inspection")
done = state(bike)
same(done["status"], "COMPLETE", "a bicycle that passed")
same("completed_at" in done, True, "the time of its completion")

# ---- every link is found in the history ----


def tree(parent):
    """What is in it, as names within names; the history on the way."""
    inside = {}
    for found in api.call("GET", f"/components/instances/links?parent_component_instance_id={parent['id']}"):
        same(found, history.pop(found["id"], None), "a link of the history")
        same(found["is_active"], "removed_at" not in found, "a link is active as long as it was not removed")
        child = one(f"/components/instances?id={found['has_child_of_id']}")
        if found["is_active"]:
            inside[child["identifier"]] = None
            children.append(child)
    return inside


children = []
whole = tree(bike)
for child in list(children):
    whole[child["identifier"]] = sorted(tree(child))
lot_names = sorted(lot["identifier"] for lot in lots.values())
same(
    whole,
    {
        "STORY-FRAME": [],
        "STORY-FORK": [],
        "STORY-LIGHT": [],
        "STORY-WHEEL-2": sorted(["STORY-AXLE-2"] + lot_names),
        "STORY-WHEEL-3": sorted(["STORY-AXLE-3"] + lot_names),
    },
    "the bicycle in three levels",
)
tree(front)
tree(other)
same(history, {}, "links that were not found again")
made = api.call("GET", f"/processes/entries?component_instance_id={bike['id']}")
same([e["is_pass"] for e in made], [True, False, True, True], "the entries of the bicycle")

# ---- and what is wrong is refused ----

stranger = Client(PORT, token=None)
stranger.refused(401, "GET", "/components")
api.refused(404, "GET", "/work-order/4711")
api.refused(404, "POST", "/processes/entries", {"process_id": WHEEL, "component_instance_id": "nothing"})
api.refused(400, "PATCH", "/work-order/1", {"name": "No draft"})
api.refused(400, "PUT", "/components/instances", {"identifier": "STORY-BIKE", "component_id": light["id"]})
print("the story of the bicycle ends well")
