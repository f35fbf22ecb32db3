// "/" goes to the search box, Escape leaves it. Everything else works without this file.
document.addEventListener("keydown", (event) => {
  const search = document.getElementById("search");
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (search && event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (search && event.key === "Escape" && event.target === search) {
    search.blur();
  }
});
