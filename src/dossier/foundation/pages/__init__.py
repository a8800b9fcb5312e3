"""The languages of people: sentences, numbers and times as their readers write them."""
