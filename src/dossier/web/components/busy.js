// Whether somebody is at work in a part of the page: what they typed, or were refused, is not taken from under their hands.
export const changedByHand = (each) =>
  each.matches("select") ? [...each.options].some((option) => option.selected !== option.defaultSelected) && each.querySelector("option[selected]") !== null
    : each.matches("[type=checkbox], [type=radio]") ? each.checked !== each.defaultChecked : each.value !== each.defaultValue;
export const isBusy = (region) =>
  (region.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"))
  || region.querySelector("details[open]:not([data-fold]), [role=alert], [name=case]:checked") || region.matches(".htmx-request, [data-touched]")
  || [...region.querySelectorAll("input:not([type=hidden]), textarea, select")].some(changedByHand);
