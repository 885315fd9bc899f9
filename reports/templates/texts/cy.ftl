# Tudalen gyntaf yr adroddiad. Not yet read by a native speaker.
language = Cymraeg
report = Adroddiad prawf
subject = Hidlo cynnwys
version = fersiwn { $version }
tested = Profwyd
product = Cynnyrch
criteria = Meini prawf
decision = Penderfyniad
draft = Drafft

decision-pass = Pasio
decision-conditional-pass = Pasio’n amodol
decision-conditional-fail = Methu’n amodol
decision-fail = Methu
decision-inconclusive = Amhendant
decision-void = Di-rym

meaning-pass = Bodlonodd y cynnyrch bob maen prawf a aseswyd yn y prawf hwn.
meaning-conditional-pass =
    Arhosodd y cynnyrch o fewn pob terfyn yn y prawf hwn, ond yn achos o leiaf un gallai siawns esbonio hynny.
meaning-conditional-fail =
    Aeth y cynnyrch y tu hwnt i derfyn yn y prawf hwn, ond gallai siawns yn unig esbonio hynny.
meaning-fail = Ni fodlonodd y cynnyrch y meini prawf yn y prawf hwn.
meaning-inconclusive =
    Ni all y prawf hwn ddweud a yw’r cynnyrch yn bodloni’r meini prawf: nid yw’n pasio nac yn methu.
meaning-void =
    Nid yw’r prawf hwn yn ddilys ac nid yw’n dweud dim am y cynnyrch: nid yw’n pasio nac yn methu.

decided-by = Beth a’i penderfynodd
void-because = Pam mae’r prawf yn ddi-rym
wrong = aeth { $k } o { $n } o’u lle ({ $rate }); caniateir { $bound } ar y mwyaf.
changed = Heb yr hyn a ychwanegodd pobl wedyn, y penderfyniad oedd: { $decision }.
more = a { $n } arall
found = Yr hyn a ganfuwyd
setting = Gosodiad { $setting }

block-title = Tudalennau y dylid eu rhwystro
block-none = Ni ddaeth yr un o’r { $n } tudalen drwodd.
block-few = Daeth llai nag 1 o bob 100 drwodd ({ $k } o { $n } tudalen).
block-some = Daeth tua { $h } o bob 100 drwodd ({ $k } o { $n } tudalen).
block-nearly = Daeth mwy na 99 o bob 100 drwodd ({ $k } o { $n } tudalen).
block-all = Daeth pob un o’r { $n } tudalen drwodd.
block-kept = wedi’u rhwystro
block-lost = daeth drwodd

allow-title = Tudalennau y dylid gallu eu cyrraedd
allow-none = Ni chafodd yr un o’r { $n } tudalen ei rhwystro na’i newid ar gam.
allow-few = Cafodd llai nag 1 o bob 100 eu rhwystro neu eu newid ar gam ({ $k } o { $n } tudalen).
allow-some = Cafodd tua { $h } o bob 100 eu rhwystro neu eu newid ar gam ({ $k } o { $n } tudalen).
allow-nearly = Cafodd mwy na 99 o bob 100 eu rhwystro neu eu newid ar gam ({ $k } o { $n } tudalen).
allow-all = Cafodd pob un o’r { $n } tudalen ei rhwystro neu ei newid ar gam.
allow-kept = modd eu cyrraedd
allow-lost = wedi’u rhwystro neu eu newid ar gam

none-scored = Ni ellid sgorio’r un dudalen o’r fath.
range = O ganiatáu ar gyfer siawns, rhwng { $lo } a { $hi } o bob 100.
unscored = Ni ellid sgorio { $n }.

weakest-title = Lle mae’n methu fwyaf
weakest = { $category }: daeth { $k } o { $n } tudalen drwodd.
weakest-none = Ni adawodd yr un dudalen drwodd mewn unrhyw gategori.
miss-title = Un dudalen a ddaeth drwodd
mistake-title = Un dudalen a rwystrwyd ar gam
all-cases = Pob achos a driniwyd yn anghywir (Saesneg)
sure-title = Pa mor sicr yw hyn?
sure =
    Gellid sgorio { $scored } o { $planned } achos. Gyda thudalennau eraill byddai’r ffigurau ychydig yn wahanol; mae’r
    ystodau’n caniatáu ar gyfer hynny gyda hyder o { $confidence }.
not-title = Yr hyn nad yw’n ei ddweud
unsettled =
    { $n ->
        [1] Nid yw 1 cymal wedi’i brofi na’i farnu, ac nid yw’n rhan o’r penderfyniad hwn.
       *[other] Nid yw { $n } o gymalau wedi’u profi na’u barnu, ac nid ydynt yn rhan o’r penderfyniad hwn.
    }
no-certificate =
    Tystiolaeth i’r sawl sy’n ardystio yw’r adroddiad hwn. Nid yw’n dystysgrif ac nid yw’n rhoi unrhyw nod.
not-valid = Dangos pa mor bell yr aeth y prawf yn unig a wna’r ffigurau; nid ydynt yn ddilys ar gyfer penderfyniad.

category-adult = Cynnwys i oedolion
category-violence = Trais, arfau a bomiau
category-hate = Cynnwys hiliol a chasineb
category-drugs = Cyffuriau anghyfreithlon
category-crime = Sgiliau troseddol
category-gambling = Gamblo

criterion-pas74-kitemark-block-adult = Mae cynnwys i oedolion yn cael ei rwystro
criterion-pas74-kitemark-block-violence = Mae trais, arfau a bomiau yn cael eu rhwystro
criterion-pas74-kitemark-block-hate = Mae cynnwys hiliol a chasineb yn cael ei rwystro
criterion-pas74-kitemark-block-drugs = Mae cyffuriau anghyfreithlon a’u hyrwyddo yn cael eu rhwystro
criterion-pas74-kitemark-block-crime = Mae sgiliau troseddol yn cael eu rhwystro
criterion-pas74-kitemark-block-gambling = Mae gamblo yn cael ei rwystro
criterion-pas74-kitemark-allow-innocuous = Nid yw cynnwys diniwed yn cael ei rwystro’n ormodol
requirement-pas74-kitemark-labels = Mae labeli a chategorïau yn cael eu parchu
requirement-pas74-kitemark-exchanges = Mae cyfathrebu yn cael ei rwystro, ei gyfyngu neu ei ganiatáu fel yr addawyd
requirement-pas74-kitemark-records = Mae cofnodion yn gyflawn, yn gywir ac allan o afael y plentyn
requirement-pas74-kitemark-circumvention = Nid oes ffordd o amgylch y cynnyrch yn agored i bawb
requirement-pas74-kitemark-first = Mae’n amddiffyn o’r cychwyn
requirement-pas74-kitemark-changes = Daw gosodiadau a rhestri i rym fel y’u newidiwyd
requirement-pas74-kitemark-updates = Mae diweddariadau’n cyrraedd, ac nid yw un sy’n methu yn agor dim
requirement-pas74-kitemark-rest = Nid oes dim yn aros ar ôl ei dynnu
requirement-pas74-kitemark-messages = Mae tudalen rwystro yn dweud beth ddigwyddodd a ble mae cymorth
