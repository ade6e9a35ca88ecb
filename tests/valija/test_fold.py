from tests.valija.realm import Realm, state_desk
from valija.receipt import Event

def test_smoke():
    realm = Realm().found()
    out = realm.count(realm.actor("AR").sign(realm.notice("AR", state_desk("BR"))))
    print(realm.fold.size, out.leaf_index)
