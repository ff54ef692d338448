"""Pieces of a template, rendered once and filled for every row."""

from accounts import pieces


def test_braces_in_a_text_of_the_page_are_no_places_to_fill():
    piece = pieces.of("inventory/list_row.html", ["save"], back="/inventory/?q={x}{}{pk}")["save"]
    filled = piece.format(pk=7, figures_url="/inventory/7/figures/", version=1, sku="BTL-1")
    assert 'id="edit-7"' in filled
    assert 'value="/inventory/?q={x}{}{pk}"' in filled
