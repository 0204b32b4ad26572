//! The text of a page: what it loads has the version in its address and is named ahead.

use crate::http::ops::embedded::Files;

/// What the element of a style begins with.
const STYLE: &str = "<link rel=\"stylesheet\" href=\"/static/";

/// The names of the styles of a page.
pub(super) fn styles(page: &str) -> impl Iterator<Item = &str> {
    page.split(STYLE).skip(1).filter_map(|rest| rest.split('"').next())
}

/// The name of the styles of a page in one.
pub(super) fn joined(page: &str) -> String {
    page.replace(".html", ".css")
}

/// A page, with `folder`, which bears the version, in the addresses of what it loads. It names one style, and all
/// scripts: a browser need not read one to learn of the next.
pub(super) fn page(folder: &str, name: &str, text: &str) -> String {
    let script =
        text.split_once("type=\"module\" src=\"/static/").and_then(|(_, rest)| rest.split('"').next());
    let modules = script.map(with_imports).unwrap_or_default();
    let links =
        modules.iter().map(|name| format!("<link rel=\"modulepreload\" href=\"{folder}{name}\" />\n    "));
    let first = format!("    <link rel=\"stylesheet\" href=\"{folder}{}\" />", joined(name));
    let mut style = Some(first.as_str());
    let lines = text.lines().filter_map(|line| if line.contains(STYLE) { style.take() } else { Some(line) });
    let text = lines.collect::<Vec<_>>().join("\n") + "\n";
    let module = "<script type=\"module\"";
    let text = text.replace(module, &(links.collect::<String>() + module));
    let icon = format!("href=\"{folder}icon.svg");
    text.replace("\"/static/app/", &format!("\"{folder}app/")).replace("href=\"/static/icon.svg", &icon)
}

/// A module, and all that it and they import.
fn with_imports(first: &str) -> Vec<String> {
    let mut found = vec![first.to_owned()];
    let mut read = 0;
    while let Some(name) = found.get(read).cloned() {
        read += 1;
        let Some(file) = Files::get(&name) else { continue };
        for imported in imports(&name, &String::from_utf8_lossy(&file.data)) {
            if !found.contains(&imported) {
                found.push(imported);
            }
        }
    }
    found
}

/// The names of the modules that one imports at its beginning.
fn imports(name: &str, text: &str) -> Vec<String> {
    let quoted =
        text.split(" from \"").chain(text.split("\nimport \"")).filter_map(|rest| rest.split('"').next());
    let relative = quoted.filter(|path| path.starts_with('.') && path.ends_with(".js"));
    relative.map(|path| resolve(name, path)).collect()
}

/// The name of what stands at a path relative to a file.
fn resolve(name: &str, path: &str) -> String {
    let mut folders: Vec<&str> = name.split('/').collect();
    folders.pop();
    for step in path.split('/') {
        match step {
            "." => {}
            ".." => drop(folders.pop()),
            step => folders.push(step),
        }
    }
    folders.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_loads_is_named_in_it() {
        let source = r#"<link rel="stylesheet" href="/static/style.css" />
<link rel="stylesheet" href="/static/style/chat.css" />
<script type="module" src="/static/app/resident.js">"#;
        assert_eq!(styles(source).collect::<Vec<_>>(), ["style.css", "style/chat.css"]);
        let text = page("/static/v-7/", "resident.html", source);
        assert!(
            text.starts_with(
                "    <link rel=\"stylesheet\" href=\"/static/v-7/resident.css\" />\n<link rel=\"mod"
            ),
            "{text}"
        );
        for name in ["app/resident.js", "app/parts/dom.js", "client/jiayi.js"] {
            assert!(
                text.contains(&format!(r#"<link rel="modulepreload" href="/static/v-7/{name}" />"#)),
                "{text}"
            );
        }
        assert!(!text.contains("views/settings.js"), "what is loaded later is not named");
        assert!(text.ends_with("<script type=\"module\" src=\"/static/v-7/app/resident.js\">\n"), "{text}");
    }
}
