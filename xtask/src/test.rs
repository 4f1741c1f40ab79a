//! stub
pub fn test(_: &[String]) -> crate::shell::Result<()> {
    Ok(())
}
