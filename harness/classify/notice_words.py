"""Words that notices of a block are made of, by language, as stems in case-folded text.

Written by hand for this project, without statistics over anybody's pages; mended on the tuning half of
`bench.blockpages`, which says how far they carry on the other. A stem matches at the beginning of a word where the
script divides words; `_` stands for a space.
"""

# Per language: what is done ("denied"), then what it is done to ("access"). Both stand in one sentence of a notice.
DENIED = {
    "af": "geweier ontsê geblokkeer verbied ontoelaatbaar beperk",
    "ar": "رفض مرفوض ممنوع محظور محجوب حجب حظر منع مقيد غير_مسموح لا_يسمح",
    "az": "qadağan rədd bloklan məhdud icazə_verilm",
    "bg": "отказан забранен блокиран ограничен не_е_разреш не_е_позвол",
    "bn": "অস্বীকৃত অবরুদ্ধ নিষিদ্ধ ব্লক",
    "ca": "denegat denegad prohibi bloqueja restringi no_permès no_està_permès",
    "cs": "odepřen zamítnut zakázán blokován zablokován omezen nepovolen není_povolen nepovolen",
    "da": "nægtet afvist forbudt blokeret spærret begrænset ikke_tilladt",
    "de": "verweigert gesperrt blockiert untersagt verboten abgelehnt eingeschränkt unzulässig"
    " nicht_gestattet nicht_erlaubt nicht_zulässig",
    "el": "απαγορε αρνηθ άρνηση απορρίφθ αποκλε μπλοκ περιορισμέν δεν_επιτρέπ",
    "en": "denied blocked forbidden restricted prohibited banned filtered disallowed not_allowed not_permitted disabled"
    " barred unavailable_because not_accessible not_available_in not_available_because isn't_allowed cannot_access"
    " can't_access can’t_access prevent_access",
    "es": "denegad prohibid bloquead restringid rechazad no_permitid limitad no_está_permitid",
    "et": "keelatud keeldu blokeeri piiratud tõkestatud ei_ole_lubatud",
    "eu": "ukatu debekatu blokeatu",
    "fa": "ممنوع مسدود رد_شد غیرمجاز غیر_مجاز محدود فیلتر مجاز_نیست اجازه_ندارید",
    "fi": "kielletty estetty evätty hylätty rajoitettu estänyt ei_ole_sallittu ei_sallita",
    "fr": "refusé interdit bloqué restreint limité non_autorisé pas_autorisé filtré pas_permis",
    "gl": "denegad prohibid bloquead",
    "he": "נדחה נדחתה חסום חסומה נחסם נחסמה אסור מוגבל נמנעה סורבה לא_מורש אין_הרשאה",
    "hi": "अस्वीकृत अस्वीकार अवरुद्ध प्रतिबंधित वर्जित ब्लॉक निषिद्ध अनुमति_नहीं",
    "hr": "odbijen zabranjen blokiran ograničen onemogućen uskraćen nije_dopušten nije_dozvoljen",
    "hu": "megtagad tiltott letilt tiltva blokkol korlátoz elutasít tilos nem_engedélyez nincs_engedélyez",
    "hy": "արգելված արգելափակ մերժված մերժվել սահմանափակ թույլատրված_չէ չի_թույլատր",
    "id": "ditolak diblokir dilarang dibatasi di_blokir kami_blokir ditutup tidak_diizinkan tidak_dapat_mengakses"
    " tidak_bisa_diakses tidak_dapat_diakses menutup_akses tidak_dapat_ditampilkan negatif",
    "is": "hafnað bannað lokað læst",
    "it": "negato vietato bloccat rifiutato interdett limitat inibit non_consentit oscurat proibit"
    " non_autorizzat non_è_consentit",
    "ja": "拒否 禁止 ブロック 制限され 遮断 許可されて 拒絶 規制 許可しな 許可しませ",
    "ka": "აკრძალ უარყოფ უარი დაბლოკ შეზღუდ ნებადართული_არ არ_არის_ნებადართ",
    "kk": "тыйым бұғатта шектел",
    "ko": "거부 차단 금지 제한 허용되지 허가되지",
    "lt": "uždraust draudžiam atmest užblok blokuojam apribot neleidžiam neleist",
    "lv": "aizlieg liegta liegts bloķēt atteikta noraidīt ierobežot nav_atļaut",
    "mk": "одбиен забранет блокиран не_е_дозволен",
    "mn": "хориглосон хаагдсан",
    "ms": "ditolak dinafikan disekat dihalang dilarang tidak_dibenarkan melanggar",
    "my": "ပိတ် တားမြစ် ကန့်သတ်",
    "ne": "निषेध बन्द रोक",
    "nl": "geweigerd verboden geblokkeerd ontzegd beperkt niet_toegestaan afgesloten niet_toegelaten",
    "no": "nektet avvist forbudt blokkert sperret begrenset ikke_tillatt",
    "oc": "refusat refusad interdich enebit blocat denegat",
    "pl": "zabronion odmow zablokowan zakazan ograniczon odrzucon wzbronion niedozwol nie_jest_dozwolon nie_zezwol",
    "pt": "negad proibid bloquead restrit interdit recusad não_permitid não_é_permitid não_está_autorizad",
    "ro": "interzis respins blocat refuzat restricționat nepermis nu_este_permis nu_este_autorizat",
    "ru": "запрещ заблокирован блокиров ограничен отказан закрыт не_разреш",
    "sk": "zamietnut odmietnut zakázan odopret blokovan zablokovan obmedzen nie_je_povolen nie_je_dovolen",
    "sl": "zavrnjen prepovedan blokiran onemogočen omejen ni_dovoljen ni_dovoljeno",
    "sq": "mohuar ndaluar bllokuar",
    "sr": "одбијен забрањен блокиран ограничен onemogućen odbijen zabranjen blokiran није_дозвољен nije_dozvoljen",
    "sv": "nekad nekas nekat förbjud blockera spärra vägra begränsa otillåt inte_tillåt ej_tillåt",
    "sw": "imezuiwa umekataliwa limezuiwa",
    "ta": "மறுக்கப்பட்ட தடுக்கப்பட்ட தடைசெய்யப்பட்ட",
    "th": "ปฏิเสธ ระงับ ไม่อนุญาต ปิดกั้น บล็อก บล๊อก ห้าม ไม่ได้รับอนุญาต",
    "tl": "tinanggihan naka-block hinarang",
    "tr": "engellen reddedil yasak kısıtlan erişim_izni izin_verilm sağlanamamakta engellem",
    "uk": "заборонен заблокован обмежен відмовлен блокован не_дозволен",
    "ur": "مسدود ممنوع انکار بلاک",
    "uz": "taqiqlan rad_et man_etil bloklan cheklan тақиқлан рад_эт ман_этил берилмаган berilmagan рухсат_йўқ",
    "vi": "từ_chối bị_chặn bị_cấm ngăn_chặn chặn_truy hạn_chế không_được_phép",
    "zh": "拒绝 拒絕 禁止 阻止 拦截 攔截 屏蔽 封鎖 封锁 限制访问 遭拒 被拒 限制存取 过滤 過濾 不允许 不允許 无权 無權",
}
OBJECT = {
    "af": "toegang webwerf bladsy",
    "ar": "الوصول الدخول الموقع الصفحة العنوان النفاذ الولوج",
    "az": "giriş müraciət sayt səhifə icazə",
    "bg": "достъп сайт страница уебсайт",
    "bn": "প্রবেশ সাইট পৃষ্ঠা অ্যাক্সেস",
    "ca": "accés lloc_web pàgina",
    "cs": "přístup stránk web",
    "da": "adgang siden hjemmeside webside",
    "de": "zugriff zugang seite webseite website",
    "el": "πρόσβαση πρόσβασ ιστοσελίδ ιστότοπ σελίδα",
    "en": "access site website web_site web page webpage url request content resource location address domain",
    "es": "acceso sitio página web",
    "et": "juurdepääs ligipääs leht lehekül veebileh",
    "eu": "sarbidea sarrera webgune orri",
    "fa": "دسترسی سایت صفحه تارنما",
    "fi": "pääsy sivu sivusto verkkosivu",
    "fr": "accès site page",
    "gl": "acceso sitio páxina",
    "he": "גישה הגישה אתר האתר דף הדף",
    "hi": "पहुँच पहुंच प्रवेश साइट वेबसाइट पृष्ठ एक्सेस",
    "hr": "pristup stranic",
    "hu": "hozzáférés elérés oldal weboldal webhely",
    "hy": "մուտք հասանել կայք էջ դիմում",
    "id": "akses situs laman halaman konten",
    "is": "aðgang síð vefsíð",
    "it": "accesso sito pagina",
    "ja": "アクセス サイト ページ 接続 閲覧",
    "ka": "წვდომა დაშვება შესვლა საიტ გვერდ მიმართვა",
    "kk": "кіру қол_жеткізу сайт бет",
    "ko": "접근 접속 액세스 엑세스 사이트 페이지",
    "lt": "prieig priėjim svetain puslap",
    "lv": "pieej piekļuv lap vietn",
    "mk": "пристап страниц",
    "mn": "хандалт хандах сайт хуудас",
    "ms": "akses capaian laman tapak halaman",
    "my": "url စာမျက်နှာ ဝက်ဘ်ဆိုက်",
    "ne": "पहुँच साइट",
    "nl": "toegang site website pagina webpagina",
    "no": "adgang tilgang siden nettsted",
    "oc": "accès accés site pagina",
    "pl": "dostęp stron witryn",
    "pt": "acesso site página sítio",
    "ro": "acces site pagin",
    "ru": "доступ ресурс сайт страниц интернет-ресурс",
    "sk": "prístup stránk",
    "sl": "dostop stran spletn",
    "sq": "qasja hyrja faqja",
    "sr": "приступ страниц сајт pristup stranic sajt",
    "sv": "åtkomst tillträde sidan webbplats webbsida",
    "sw": "ufikiaji tovuti",
    "ta": "அணுகல் தளம்",
    "th": "เข้าถึง เว็บ การเข้า",
    "tl": "access pag-access site",
    "tr": "erişim giriş site sayfa",
    "uk": "доступ ресурс сайт сторінк",
    "ur": "رسائی سائٹ ویب",
    "uz": "kirish murojaat ruxsat sayt sahifa кириш мурожаат рухсат",
    "vi": "truy_cập truy_nhập trang",
    "zh": "访问 存取 網站 网站 网页 網頁 页面 頁面 訪問 连接 瀏覽",
}
# What a notice appeals to: an authority, a rule, a protected reader. News of blocks do so too; alone it says nothing.
GROUNDS = """
    policy policies administrator category categorised categorized regulation ministry court law legislation order
    parental filter filters provider operator organisation organization authority authorities illegal adult mature
    pornograph gambling safe_internet over_18 age-restricted content_control violates your_employer your_school
    закон роскомнадзор суд реестр органов министерств провайдер оператор законодательств решени
    peraturan menteri kominfo undang-undang pornografi judi negatif sehat trustpositif perundang
    richtlinie administrator jugendschutz kategorie gesetz
    catégorie administrateur politique justice loi ministère política administrador categoría ley ministerio
    categoria amministratore legge amministratör ministerio autoridad autorità autorité
    yasa mahkeme kanun yetki zakon sąd ministerstw správce rendszergazda
    القانون مدير وزارة هيئة قانون מנהל חוק מדיניות
    管理员 管理員 策略 法律 规定 管理者 ポリシー カテゴリ 법률 불법 유해 방송통신심의
    กระทรวง ศาล กฎหมาย
"""
# A sentence about these is not about a page: a proxy's own workings, files of a server, signing in.
ELSEWHERE = """
    cache caché cachê кэш кеш keš κρυφή_μνήμη προσωρινή_μνήμη 快取 缓存 緩存 高速缓存 キャッシュ 캐시 แคช
    مخبئ כספת מטמון
    önbellek välimuist vyrovnávac gyorsítótár vahemälu podręczn bufor bộ_nhớ_đệm nhớ_tạm քեշ კეშ ქეშ memòria_cau kas
    keş kesh podėl kešatmiņ predpomnil predmemor نهانگاه الكاش المخبأ الذاكرة_المؤقتة μεσολαβητ välityspalvel tembolok
    ftp directory verzeichnis répertoire directorio katalog каталог ディレクトリ 目录 目錄 디렉터리
    authent autent аутент автентиф authoris identificarse anmelden identify_yourself password passwor kennwort
    認証 认证 驗證 인증 ยืนยันตัว xác_thực hitelesít tunnist overovan ověř legitim
    cookies cookie javascript escape
"""
# Pages of an origin, a server's software or a network of servers that refuse on their own account.
ORIGIN = (
    r"\b(?:apache|nginx|openresty|lighttpd|litespeed|microsoft-iis|internet information services|varnish|caddy)\b",
    r"\b(?:cloudflare|cloudfront|akamai|incapsula|imperva|sucuri|fastly|ddos-guard|datadome|perimeterx|wordfence)\b",
    r"\bray id\b|\bincident id\b|\breference\s*#\s*[0-9a-f.]+|\berror 10(?:06|09|10|12|15|20)\b",
    r"on this server\b|\bdirectory index\b|requested (?:object|directory)\b",
    r"(?:not|isn't|isn’t|un)\s?available in your (?:country|region|location)",
)
CHALLENGE = (
    r"captcha|verif(?:y|ying) (?:that )?you are (?:a )?human|are you a robot|not a robot|checking your browser",
    r"unusual traffic|security check to access|enable javascript and cookies to continue|je ne suis pas un robot",
)
PARKED = (
    r"domain (?:name )?(?:\S+ )?(?:is|may be) (?:for sale|parked|available)|buy this domain|domain parking|parked free",
    r"this domain (?:has )?(?:recently )?(?:been )?(?:registered|expired)|domain has expired|inquire about this domain",
)
LOGIN = (
    r"\b(?:log ?in|sign ?in|anmelden|einloggen|connexion|se connecter|iniciar sesión|accedi|войти|вход)\b",
    r"登录|登入|ログイン|로그인",
)
# The address of a page that stands for another: it says so, or is on a private network (RFC 1918).
DENIAL_ADDRESS = (
    r"(?<![a-z])(?:block(?:ed|ing|page|user)?|den(?:y|ied)|accessdenied|access[-_]denied|restrict(?:ed|ion)?|forbidden|"
    r"censor(?:ed)?|webfilter|internet-?positif|internet-?sehat|zapret)(?![a-z])",
    r"^https?://(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d",
)
