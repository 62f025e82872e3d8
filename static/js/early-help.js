const { govuk, moj } = document.body.dataset;
const [govukFrontend, mojFrontend] = await Promise.all([import(govuk), import(moj)]);
govukFrontend.initAll();
mojFrontend.initAll();
