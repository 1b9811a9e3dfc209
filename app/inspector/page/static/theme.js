// Before anything is painted: the theme and the time zone that this browser was told to use.
{
  const { dataset } = document.documentElement;
  const theme = localStorage.getItem("theme");
  if (theme) dataset.theme = theme;
  dataset.zone = localStorage.getItem("zone") || "utc";
  dataset.js = "";
}
