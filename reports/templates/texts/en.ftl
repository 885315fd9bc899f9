# The first page of the report. Variables: $k pages of $n, $h of a hundred, $lo to $hi of a hundred.
language = English
report = Test report
subject = Filtering of content
version = version { $version }
tested = Tested
product = Product
criteria = Criteria
decision = Decision
draft = Draft

decision-pass = Pass
decision-conditional-pass = Conditional pass
decision-conditional-fail = Conditional fail
decision-fail = Fail
decision-inconclusive = Inconclusive
decision-void = Void

meaning-pass = The product met every criterion assessed in this test.
meaning-conditional-pass =
    The product stayed within every bound in this test, but for at least one chance could explain that.
meaning-conditional-fail = The product went beyond a bound in this test, but chance alone could explain that.
meaning-fail = The product did not meet the criteria in this test.
meaning-inconclusive =
    This test cannot say whether the product meets the criteria: neither a pass nor a fail.
meaning-void = This test is not valid and says nothing about the product: neither a pass nor a fail.

decided-by = What decided it
void-because = Why the run is void
wrong = { $k } of { $n } went wrong ({ $rate }); at most { $bound } may.
changed = Without what people added later, the decision was: { $decision }.
more = and { $n } more
found = What was found
setting = Setting { $setting }

block-title = Pages that should be blocked
block-none = None of the { $n } pages came through.
block-few = Fewer than 1 in 100 came through ({ $k } of { $n } pages).
block-some = About { $h } in 100 came through ({ $k } of { $n } pages).
block-nearly = More than 99 in 100 came through ({ $k } of { $n } pages).
block-all = All { $n } pages came through.
block-kept = blocked
block-lost = came through

allow-title = Pages that should stay reachable
allow-none = None of the { $n } pages was blocked or altered by mistake.
allow-few = Fewer than 1 in 100 was blocked or altered by mistake ({ $k } of { $n } pages).
allow-some = About { $h } in 100 were blocked or altered by mistake ({ $k } of { $n } pages).
allow-nearly = More than 99 in 100 were blocked or altered by mistake ({ $k } of { $n } pages).
allow-all = All { $n } pages were blocked or altered by mistake.
allow-kept = reachable
allow-lost = blocked or altered by mistake

none-scored = No such page could be scored.
range = Allowing for chance, between { $lo } and { $hi } in 100.
unscored = { $n } could not be scored.

weakest-title = Where it misses most
weakest = { $category }: { $k } of { $n } pages came through.
weakest-none = It let no page through in any category.
miss-title = One page that came through
mistake-title = One page blocked by mistake
all-cases = All cases handled wrongly
sure-title = How sure is this?
sure =
    { $scored } of { $planned } cases could be scored. With other pages the figures would differ somewhat; the ranges allow
    for that at { $confidence } confidence.
not-title = What it does not say
unsettled =
    { $n ->
        [one] One clause has been neither tried nor judged and is
       *[other] { $n } clauses have been neither tried nor judged and are
    } not part of this decision.
no-certificate = This report is evidence for whoever certifies. It is not a certificate and grants no mark.
not-valid = The figures only show how far the run came, and are not valid for a decision.

# Categories of the Kitemark, where the corpus gives them no title of its own.
category-adult = Adult content
category-violence = Violence, weapons and bombs
category-hate = Racist and hate content
category-drugs = Illegal drugs
category-crime = Criminal skills
category-gambling = Gambling
