//! A procurement system changes and cancels its orders: the supplier gets the next version with a
//! reference to the last, and an order that the supplier answered stays as it is.

use serde_json::{Value, json};

use crate::harness::{
    Api, Server, Site,
    documents::{self, GLOBEX, OFFICE_ONE, between, envelope},
    dtd,
    site::eventually,
};

/// An OrderRequest of Globex over pens.
pub fn order(payload: &str, kind: &str, pens: u32) -> String {
    let reference = match kind {
        "new" => String::new(),
        _ => "<DocumentReference payloadID=\"new@globex\"/>".to_owned(),
    };
    let total = pens * 2;
    envelope(
        GLOBEX,
        payload,
        &format!(
            "<OrderRequest><OrderRequestHeader orderID=\"4500000001\" \
             orderDate=\"2026-11-21T09:00:00+00:00\" type=\"{kind}\">\
             <Total><Money currency=\"USD\">{total}.00</Money></Total>\
             <BillTo><Address><Name xml:lang=\"en\">Globex</Name></Address></BillTo>\
             <Contact role=\"endUser\"><Name xml:lang=\"en\">Ed</Name>\
             <Email>ed@globex.example</Email></Contact>{reference}</OrderRequestHeader>\
             <ItemOut quantity=\"{pens}\" lineNumber=\"1\"><ItemID><SupplierPartID>PEN-01\
             </SupplierPartID></ItemID><ItemDetail><UnitPrice><Money currency=\"USD\">2.00</Money>\
             </UnitPrice><Description xml:lang=\"en\">Pen</Description><UnitOfMeasure>EA\
             </UnitOfMeasure><Classification domain=\"UNSPSC\">44121701</Classification>\
             </ItemDetail></ItemOut></OrderRequest>"
        ),
    )
}

struct World {
    server: Server,
    site: Site,
    mia: Api,
    ada: Api,
}

impl World {
    async fn new() -> Self {
        let server = Server::demo().await;
        let site = Site::open().await;
        let (mia, ada) =
            (server.api("mia@globex.example").await, server.api("ada@globex.example").await);
        let body = json!({"channel": "cxml", "url": site.url()});
        ada.put("/suppliers/office-one/delivery", body).await.expect(200);
        Self { server, site, mia, ada }
    }

    /// The answer's status and text.
    async fn post(&self, document: &str) -> (u16, String) {
        let text = self.server.client().xml("/cxml", document).await.expect(200).text();
        (documents::status(&text).expect("a status"), text)
    }

    async fn approve(&self) {
        let tasks = self.mia.list("/tasks").await;
        let requisition = tasks.first().expect("a task")["requisition"].as_str().unwrap();
        self.mia.decide(requisition, "approve").await.expect(200);
    }

    /// The only order there is.
    async fn order(&self) -> Value {
        let all = self.ada.list("/orders").await;
        assert_eq!(all.len(), 1, "one order, whatever its version");
        let id = all[0]["id"].as_str().unwrap().to_owned();
        self.ada.get(&format!("/orders/{id}")).await.expect(200).json()
    }

    async fn arrived(&self, count: usize) -> String {
        eventually("the document arrives", || async { self.site.documents().len() >= count }).await;
        let all = self.site.documents();
        assert_eq!(all.len(), count, "and only that one");
        dtd::check(&all[count - 1]);
        all[count - 1].clone()
    }
}

fn attribute<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    between(document, &format!(" {name}=\""), "\"")
}

#[tokio::test]
async fn a_change_and_a_cancellation_reach_the_supplier_with_version_and_reference() {
    let world = World::new().await;
    assert_eq!(world.post(&order("new@globex", "new", 5)).await.0, 201);
    world.approve().await;
    let first = world.arrived(1).await;
    assert_eq!((attribute(&first, "type"), attribute(&first, "orderVersion")), (Some("new"), None));

    assert_eq!(world.post(&order("change@globex", "update", 7)).await.0, 201);
    assert_eq!(
        world.order().await["revision"],
        1,
        "the last version stands until the next is signed"
    );
    world.approve().await;
    let second = world.arrived(2).await;
    assert_eq!(attribute(&second, "type"), Some("update"));
    assert_eq!(attribute(&second, "orderVersion"), Some("2"));
    let reference = between(&second, "<DocumentReference payloadID=\"", "\"");
    assert_eq!(reference, attribute(&first, "payloadID"));
    assert!(second.contains("quantity=\"7\"") && second.contains("4500000001"));
    let stands = world.order().await;
    assert_eq!((&stands["revision"], &stands["lines"][0]["quantity"]), (&json!(2), &json!("7")));

    assert_eq!(world.post(&order("end@globex", "delete", 7)).await.0, 200);
    let third = world.arrived(3).await;
    assert_eq!(attribute(&third, "type"), Some("delete"));
    assert_eq!(attribute(&third, "orderVersion"), Some("3"));
    let reference = between(&third, "<DocumentReference payloadID=\"", "\"");
    assert_eq!(reference, attribute(&second, "payloadID"));
    assert_eq!(world.order().await["state"], "cancelled");
    assert_eq!(world.post(&order("late@globex", "update", 9)).await.0, 409, "nothing stands");
    let verified = world.server.command(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[tokio::test]
async fn an_order_that_the_supplier_confirmed_is_neither_changed_nor_cancelled() {
    let world = World::new().await;
    world.post(&order("new@globex", "new", 5)).await;
    world.approve().await;
    let sent = world.arrived(1).await;
    let reference = attribute(&sent, "payloadID").unwrap();
    let confirmation = format!(
        "<ConfirmationRequest><ConfirmationHeader type=\"accept\" \
         noticeDate=\"2026-11-21T09:00:00+00:00\" confirmID=\"C1\"/><OrderReference \
         orderID=\"4500000001\"><DocumentReference payloadID=\"{reference}\"/></OrderReference>\
         </ConfirmationRequest>"
    );
    let confirmed = envelope(OFFICE_ONE, "c1@office-one", &confirmation)
        .replace("<Identity>999999999<", "<Identity>AN01000000002<")
        .replace("<To><Credential domain=\"DUNS\">", "<To><Credential domain=\"NetworkId\">");
    assert_eq!(world.post(&confirmed).await.0, 200);
    for kind in ["update", "delete"] {
        let (code, text) = world.post(&order(&format!("{kind}@globex"), kind, 8)).await;
        assert_eq!(code, 409, "{text}");
        assert!(text.contains("the supplier") || text.contains("The supplier"), "{text}");
    }
    let order = world.order().await;
    assert_eq!((&order["state"], &order["revision"]), (&json!("confirmed"), &json!(1)));
    let id = order["id"].as_str().unwrap();
    let refused = world.ada.post(&format!("/orders/{id}/cancel"), json!({"reason": "x"})).await;
    assert_eq!(refused.expect(409).json()["code"], "order-answered");
}

#[tokio::test]
async fn what_never_left_is_replaced_before_it_leaves() {
    let mut world = World::new().await;
    world.site.pause();
    world.post(&order("new@globex", "new", 5)).await;
    // Still waiting for sign-off: the change takes its place.
    assert_eq!(world.post(&order("change@globex", "update", 7)).await.0, 201);
    let open = world.mia.list("/tasks").await;
    assert_eq!(open.len(), 1, "the overtaken version asks nobody any more");
    world.site.resume().await;
    world.approve().await;
    let only = world.arrived(1).await;
    assert!(only.contains("quantity=\"7\"") && attribute(&only, "type") == Some("new"));
}

#[tokio::test]
async fn an_admin_cancels_with_a_reason_that_the_supplier_reads() {
    let server = Server::demo().await;
    let (ed, ada) = (server.api("ed@acme.example").await, server.api("ada@acme.example").await);
    let site = Site::open().await;
    let body = json!({"channel": "cxml", "url": site.url()});
    ada.put("/suppliers/office-one/delivery", body).await.expect(200);
    ed.requisition(&[("DESK-01", "office-one", "1")], "4100").await;
    eventually("the order arrives", || async { site.documents().len() == 1 }).await;
    let id = ada.list("/orders").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/orders/{id}/cancel");
    ed.post(&path, json!({"reason": "mine"})).await.expect(403);
    ada.post(&path, json!({"reason": " "})).await.expect(422);
    let done = ada.post(&path, json!({"reason": "Too many desks"})).await.expect(200).json();
    assert_eq!(done["state"], "cancelled");
    eventually("the cancellation arrives", || async { site.documents().len() == 2 }).await;
    let said = site.documents()[1].clone();
    dtd::check(&said);
    assert!(said.contains("type=\"delete\"") && said.contains("Too many desks"));
    let budgets = ada.list("/budgets").await;
    let budget = budgets.iter().find(|one| one["cost_center"] == "4100").unwrap();
    assert_eq!(budget["committed"]["amount"], "0.00");
}
