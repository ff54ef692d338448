/* A page that answers a form takes the place of the form's page in the history: Back and reload lead there, nothing is sent again. */
const page = document.body.dataset.formPage;
if (page) history.replaceState(history.state, "", page);
