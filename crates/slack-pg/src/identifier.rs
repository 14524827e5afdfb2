use crate::error::{Error, Result};

/// Quotes a name for use in SQL.
pub(crate) fn quote(name: impl AsRef<str>) -> String {
    format!("\"{}\"", name.as_ref().replace('"', "\"\""))
}

/// Quotes names, with a comma between them.
pub(crate) fn quote_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// Checks that PostgreSQL would keep the schema's name as it is.
pub(crate) fn check_schema_name(name: &str) -> Result<()> {
    if name.is_empty() || name.len() > 63 || name.contains('\0') || name.starts_with("pg_") {
        return Err(Error::SchemaName { name: name.into() });
    }
    Ok(())
}

/// Checks that the name can be a role's: PostgreSQL takes `public` for everyone, quoted or not.
pub(crate) fn check_role_name(name: &str) -> Result<()> {
    if name.is_empty()
        || name.len() > 63
        || name.contains('\0')
        || name.starts_with("pg_")
        || ["public", "none"].contains(&name)
    {
        return Err(Error::RoleName { name: name.into() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quote_list(["Id", "a\"b"]), "\"Id\", \"a\"\"b\"");
    }

    #[test]
    fn names_that_postgres_would_change_or_refuse_are_refused() {
        for name in ["", "pg_slack", "a\0b", &"x".repeat(64)] {
            assert!(check_schema_name(name).is_err(), "{name:?}");
        }
        assert!(check_schema_name("my \"schema\"").is_ok());
    }
}
