//! People, their roles and cost centres.

use crate::{
    base::{
        id::{CostCenterId, OrganisationId, PersonId, SupplierId},
        page::{Cut, Page},
        time::Time,
    },
    domain::{
        party::{Email, Home, Person},
        role::Role,
    },
};

use super::{Conn, Row, StoreError, db, error::one_row};

const BY_ID: &str = "
    select id, organisation_id, supplier_id, email, name,
        cast(case when password_hash is null then 0 else 1 end as bigint) as has_password,
        manager_id, default_cost_center_id, locale, time_zone, disabled_at, version,
        (select string_agg(role, ' ') from person_role r where r.person_id = person.id) as roles
    from person where id = $1";
const BY_EMAIL: &str = "
    select id, organisation_id, supplier_id, email, name,
        cast(case when password_hash is null then 0 else 1 end as bigint) as has_password,
        manager_id, default_cost_center_id, locale, time_zone, disabled_at, version,
        (select string_agg(role, ' ') from person_role r where r.person_id = person.id) as roles
    from person where email = $1";
const BY_ORGANISATION: &str = "
    select id, organisation_id, supplier_id, email, name,
        cast(case when password_hash is null then 0 else 1 end as bigint) as has_password,
        manager_id, default_cost_center_id, locale, time_zone, disabled_at, version,
        (select string_agg(role, ' ') from person_role r where r.person_id = person.id) as roles
    from person where organisation_id = $1 order by id";
const BY_SUPPLIER: &str = "
    select id, organisation_id, supplier_id, email, name,
        cast(case when password_hash is null then 0 else 1 end as bigint) as has_password,
        manager_id, default_cost_center_id, locale, time_zone, disabled_at, version,
        (select string_agg(role, ' ') from person_role r where r.person_id = person.id) as roles
    from person where supplier_id = $1 order by id";

pub async fn get(conn: &mut Conn, id: PersonId) -> Result<Option<Person>, StoreError> {
    let rows = db::query(BY_ID).bind(id.to_string()).fetch_known(conn).await?;
    rows.first().map(read).transpose()
}

pub async fn by_email(conn: &mut Conn, email: &Email) -> Result<Option<Person>, StoreError> {
    let row = db::query(BY_EMAIL).bind(email.as_str()).fetch_optional(conn).await?;
    row.as_ref().map(read).transpose()
}

/// Everybody of an organisation, disabled people included, oldest first.
pub async fn of_organisation(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Vec<Person>, StoreError> {
    let rows = db::query(BY_ORGANISATION).bind(organisation.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// Everybody of a supplier's desk.
pub async fn of_supplier(conn: &mut Conn, supplier: SupplierId) -> Result<Vec<Person>, StoreError> {
    let rows = db::query(BY_SUPPLIER).bind(supplier.to_string()).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

const PAGE: &str = "
    select id, organisation_id, supplier_id, email, name,
        cast(case when password_hash is null then 0 else 1 end as bigint) as has_password,
        manager_id, default_cost_center_id, locale, time_zone, disabled_at, version,
        (select string_agg(role, ' ') from person_role r where r.person_id = person.id) as roles
    from person
    where (organisation_id = $1 or supplier_id in (select id from supplier where owner_id = $1))
        and ($2 = '' or id < $2)
    order by id desc limit $3";

/// Everybody an organisation keeps: its own people and those of the desks of the suppliers it
/// owns; newest first.
pub async fn page(
    conn: &mut Conn,
    organisation: OrganisationId,
    cut: &Cut,
) -> Result<Page<Person>, StoreError> {
    let rows = db::query(PAGE)
        .bind(organisation.to_string())
        .bind(cut.after.clone().unwrap_or_default())
        .bind(cut.fetch())
        .fetch_all(conn)
        .await?;
    let found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(found, cut, |person| person.id.to_string()))
}

const HOLDERS: &str = "
    select id, organisation_id, supplier_id, email, name,
        cast(case when password_hash is null then 0 else 1 end as bigint) as has_password,
        manager_id, default_cost_center_id, locale, time_zone, disabled_at, version,
        (select string_agg(role, ' ') from person_role r where r.person_id = person.id) as roles
    from person
    where organisation_id = $1 and id in (select person_id from person_role where role = $2)
    order by id";

/// Everybody of the organisation who holds a role, disabled people included.
pub async fn holders(
    conn: &mut Conn,
    organisation: OrganisationId,
    role: &Role,
) -> Result<Vec<Person>, StoreError> {
    let rows = db::query(HOLDERS)
        .bind(organisation.to_string())
        .bind(role.as_str().to_owned())
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// A chain that is longer is a circle, or as good as one.
const MANAGERS: &str = "
    with recursive chain (id, depth) as (
        select manager_id, 1 from person where id = $1 and organisation_id = $2
        union all
        select p.manager_id, c.depth + 1 from person p join chain c on p.id = c.id
        where c.depth < 20
    )
    select person.id, organisation_id, supplier_id, email, name,
        cast(case when password_hash is null then 0 else 1 end as bigint) as has_password,
        manager_id, default_cost_center_id, locale, time_zone, disabled_at, version,
        (select string_agg(role, ' ') from person_role r where r.person_id = person.id) as roles
    from chain join person on person.id = chain.id
    where person.organisation_id = $2 order by chain.depth";

/// A person's manager, that one's manager, and so on, within the organisation.
pub async fn managers(
    conn: &mut Conn,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Vec<Person>, StoreError> {
    let rows = db::query(MANAGERS)
        .bind(id.to_string())
        .bind(organisation.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// Makes whoever else locks this person wait until the transaction ends: submissions that are
/// judged together with the person's others must not run side by side.
pub async fn lock(conn: &mut Conn, id: PersonId) -> Result<(), StoreError> {
    let done = db::query("update person set version = version where id = $1")
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    conn.forget();
    one_row(done.rows_affected(), "person")
}

fn read(row: &db::DbRow) -> Result<Person, StoreError> {
    let row = Row::new(row, "person");
    let home = match (row.maybe_id("organisation_id")?, row.maybe_id("supplier_id")?) {
        (Some(organisation), None) => Home::Organisation(organisation),
        (None, Some(supplier)) => Home::Supplier(supplier),
        _ => return Err(row.fault("organisation_id", "exactly one home is expected")),
    };
    let roles = row.maybe_text("roles")?.unwrap_or_default();
    let roles = roles.split_whitespace().map(|role| role.parse().map_err(|f| row.fault("role", f)));
    let mut roles: Vec<Role> = roles.collect::<Result<_, _>>()?;
    roles.sort();
    Ok(Person {
        id: row.id("id")?,
        home,
        email: row.parsed("email")?,
        name: row.text("name")?,
        roles,
        manager: row.maybe_id("manager_id")?,
        default_cost_center: row.maybe_id("default_cost_center_id")?,
        locale: row.text("locale")?,
        time_zone: row.text("time_zone")?,
        disabled_at: row.maybe_time("disabled_at")?,
        has_password: row.flag("has_password")?,
        version: row.int("version")?,
    })
}

const INSERT: &str = "
    insert into person (id, organisation_id, supplier_id, email, name, manager_id,
        default_cost_center_id, locale, time_zone, disabled_at, created_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)";

/// Adds a person with roles, without a password.
pub async fn insert(conn: &mut Conn, person: &Person, at: Time) -> Result<(), StoreError> {
    db::query(INSERT)
        .bind(person.id.to_string())
        .bind(person.organisation().map(|id| id.to_string()))
        .bind(person.supplier().map(|id| id.to_string()))
        .bind(person.email.as_str())
        .bind(&person.name)
        .bind(person.manager.map(|id| id.to_string()))
        .bind(person.default_cost_center.map(|id| id.to_string()))
        .bind(&person.locale)
        .bind(&person.time_zone)
        .bind(person.disabled_at.map(Time::millis))
        .bind(at.millis())
        .execute(&mut *conn)
        .await?;
    set_roles(conn, person).await
}

const UPDATE: &str = "
    update person set name = $1, manager_id = $2, default_cost_center_id = $3, locale = $4,
        time_zone = $5, disabled_at = $6, version = version + 1
    where id = $7 and version = $8";

/// Saves what may change of a person, roles included; the e-mail address stays.
pub async fn update(conn: &mut Conn, person: &Person) -> Result<(), StoreError> {
    let done = db::query(UPDATE)
        .bind(&person.name)
        .bind(person.manager.map(|id| id.to_string()))
        .bind(person.default_cost_center.map(|id| id.to_string()))
        .bind(&person.locale)
        .bind(&person.time_zone)
        .bind(person.disabled_at.map(Time::millis))
        .bind(person.id.to_string())
        .bind(person.version)
        .execute(&mut *conn)
        .await?;
    one_row(done.rows_affected(), "person")?;
    set_roles(conn, person).await
}

async fn set_roles(conn: &mut Conn, person: &Person) -> Result<(), StoreError> {
    db::query("delete from person_role where person_id = $1")
        .bind(person.id.to_string())
        .execute(&mut *conn)
        .await?;
    for role in &person.roles {
        db::query("insert into person_role (person_id, role) values ($1, $2)")
            .bind(person.id.to_string())
            .bind(role.as_str())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The stored password hash, when a password was set.
pub async fn password_hash(conn: &mut Conn, id: PersonId) -> Result<Option<String>, StoreError> {
    let row = db::query("select password_hash from person where id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.map_or(Ok(None), |row| Row::new(&row, "person").maybe_text("password_hash"))
}

pub async fn set_password_hash(
    conn: &mut Conn,
    id: PersonId,
    hash: &str,
) -> Result<(), StoreError> {
    let done =
        db::query("update person set password_hash = $1, version = version + 1 where id = $2")
            .bind(hash)
            .bind(id.to_string())
            .execute(conn)
            .await?;
    one_row(done.rows_affected(), "person")
}

const COST_CENTERS: &str = "select cost_center_id from person_cost_center where person_id = $1";

/// The cost centres a person may charge.
pub async fn cost_centers(conn: &mut Conn, id: PersonId) -> Result<Vec<CostCenterId>, StoreError> {
    let rows = db::query(COST_CENTERS).bind(id.to_string()).fetch_all(conn).await?;
    rows.iter().map(|row| Row::new(row, "person_cost_center").id("cost_center_id")).collect()
}

pub async fn set_cost_centers(
    conn: &mut Conn,
    id: PersonId,
    cost_centers: &[CostCenterId],
) -> Result<(), StoreError> {
    db::query("delete from person_cost_center where person_id = $1")
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    for cost_center in cost_centers {
        let insert = "insert into person_cost_center (person_id, cost_center_id) values ($1, $2)";
        db::query(insert)
            .bind(id.to_string())
            .bind(cost_center.to_string())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

const CHARGES: &str = "
    select c.person_id, c.cost_center_id from person_cost_center c
    join person p on p.id = c.person_id
    where p.organisation_id = $1";

/// Who may charge which cost centre, for the whole organisation.
pub async fn charges(
    conn: &mut Conn,
    organisation: OrganisationId,
) -> Result<Vec<(PersonId, CostCenterId)>, StoreError> {
    let rows = db::query(CHARGES).bind(organisation.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let row = Row::new(row, "person_cost_center");
            Ok((row.id("person_id")?, row.id("cost_center_id")?))
        })
        .collect()
}
