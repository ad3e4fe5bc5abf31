use super::version::differences;

#[test]
fn a_difference_names_lines_gone_and_lines_new() {
    let found = differences("a\nb\nb\n", "b\nc\na\n");
    assert_eq!(found, [('-', "b".to_owned()), ('+', "c".to_owned())]);
    assert!(differences("a\nb", "b\r\na\n\n").is_empty());
}
