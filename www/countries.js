// @ts-check
// Countries by name, and the field to search for one.
import { at, element, show } from "./dom.js";

/** ISO 3166-1: each alpha-3 code, followed by its alpha-2 code. */
const codes = `
  ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI BELBE
  BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW
  CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY
  CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR
  FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU
  GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE
  JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT
  LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ
  MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ
  OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU
  RWARW SAUSA SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK
  SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV
  TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA
  ZMBZM ZWEZW`;

const nameOf = new Intl.DisplayNames("en", { type: "region" });
const countries = codes
  .trim()
  .split(/\s+/)
  .map((pair) => ({ code: pair.slice(0, 3), name: nameOf.of(pair.slice(3)) ?? pair.slice(0, 3) }))
  .sort((a, b) => a.name.localeCompare(b.name, "en"));

/** @typedef {(typeof countries)[number]} Country */

/** A text as it is compared with others: "cote" finds Côte d’Ivoire. @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/’/g, "'").trim().toLowerCase();

/** @param {string} code */
export const countryName = (code) => countries.find((country) => country.code === code)?.name ?? code;

/**
 * The country with this code, then those whose name begins with the text, then those in which another word does.
 * @param {string} text
 */
function search(text) {
  const wanted = plain(text);
  const ranked = [
    ...countries.filter(({ code }) => plain(code) === wanted),
    ...countries.filter(({ name }) => plain(name).startsWith(wanted)),
    ...countries.filter(({ name }) => plain(name).includes(` ${wanted}`)),
  ];
  return [...new Set(ranked)];
}

/** Whether a text is the whole name or code of a country. @param {string} text @param {Country | undefined} country */
const isWhole = (text, country) =>
  country !== undefined && [country.name, country.code].some((word) => plain(word) === plain(text));

/**
 * Makes the field a combobox with a list of the countries that match what is typed.
 * @param {HTMLInputElement} value the hidden field that holds the code; it fires `input` when the code changes
 */
export function countryField(value) {
  const input = /** @type {HTMLInputElement} */ (at("country"));
  const list = at("country-list");
  /** @type {Country[]} */
  let shown = [];
  let active = -1;

  /** @param {string} code */
  function setCode(code) {
    at("country-code").textContent = /^[A-Z]{3}$/.test(code) ? code : "";
    if (value.value === code) return;
    value.value = code;
    value.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {Country[]} found */
  function open(found) {
    shown = found;
    list.replaceChildren(
      ...found.map(({ name, code }, index) => {
        const option = element(
          "li",
          { id: `country-${index}`, role: "option" },
          element("span", {}, name),
          element("small", {}, code),
        );
        option.setAttribute("aria-selected", String(code === value.value));
        return option;
      }),
    );
    show(list, found.length > 0);
    input.setAttribute("aria-expanded", String(found.length > 0));
    activate(-1);
  }

  function close() {
    show(list, false);
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  /** @param {number} index */
  function activate(index) {
    list.children[active]?.classList.remove("active");
    active = index;
    const option = list.children[index];
    option?.classList.add("active");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  /** @param {Country | undefined} country */
  function choose(country) {
    close();
    if (!country) return;
    input.value = country.name;
    setCode(country.code);
  }

  function openAll() {
    open(countries);
    activate(countries.findIndex(({ code }) => code === value.value));
  }

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => {
    if (list.hidden) openAll();
  });
  input.addEventListener("input", () => {
    const text = input.value.trim();
    open(search(text));
    if (text !== "") activate(shown.length > 0 ? 0 : -1);
    if (isWhole(text, shown[0])) setCode(shown[0].code);
    // Not every code is in the list. The package validates the others.
    else if (text === "" || shown.length === 0) setCode(/^[a-z]{3}$/i.test(text) ? text.toUpperCase() : text);
  });
  input.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return openAll();
      const step = event.key === "ArrowDown" ? 1 : -1;
      activate((active + step + shown.length) % shown.length);
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      choose(shown[active]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    }
  });
  // The pointer must not take the focus from the field, because leaving the field closes the list.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const option = /** @type {Element} */ (target).closest("li");
    if (option) choose(shown[[...list.children].indexOf(option)]);
  });
  input.addEventListener("blur", () => {
    if (!list.hidden && input.value.trim() !== "") choose(shown[active]);
    close();
    // A code that was typed is shown as its country.
    input.value = countryName(value.value);
  });

  input.value = countryName(value.value);
  setCode(value.value);
}
