"""Names of hazards and industries in both languages. The registry stores codes."""

from __future__ import annotations

# Classes and factors of 职业病危害因素分类目录 (国卫疾控发〔2015〕92号), as far as the registry uses them. Source: domain/03, 3.2.
HAZARDS: dict[str, dict[str, str]] = {
    "silica_dust": {"zh": "矽尘", "en": "Silica dust"},
    "welding_fume": {"zh": "电焊烟尘", "en": "Welding fume"},
    "grinding_dust": {"zh": "砂轮磨尘", "en": "Grinding dust"},
    "wood_dust": {"zh": "木粉尘", "en": "Wood dust"},
    "cotton_dust": {"zh": "棉尘", "en": "Cotton dust"},
    "benzene_series": {"zh": "苯系物", "en": "Benzene and homologues"},
    "n_hexane": {"zh": "正己烷", "en": "n-Hexane"},
    "chromium": {"zh": "六价铬", "en": "Hexavalent chromium"},
    "nickel": {"zh": "镍及其化合物", "en": "Nickel and its compounds"},
    "acid_mist": {"zh": "酸雾", "en": "Acid mist"},
    "noise": {"zh": "噪声", "en": "Noise"},
    "heat": {"zh": "高温", "en": "Heat"},
    "x_ray": {"zh": "X射线", "en": "X-rays"},
}

# GB/T 4754-2017. Source: domain/03, 3.5 and domain/06, 6.3.
INDUSTRIES: dict[str, dict[str, str]] = {
    "C3391": {"zh": "黑色金属铸造", "en": "Ferrous casting"},
    "C303": {"zh": "砖瓦、石材制造", "en": "Brick and stone products"},
    "C331": {"zh": "结构性金属制品制造", "en": "Structural metal products"},
    "C3360": {"zh": "金属表面处理及热处理", "en": "Metal surface and heat treatment"},
    "C367": {"zh": "汽车零部件制造", "en": "Car parts"},
    "C398": {"zh": "电子元件制造", "en": "Electronic components"},
    "C26": {"zh": "化学原料和化学制品制造", "en": "Chemicals"},
    "C29": {"zh": "橡胶和塑料制品", "en": "Rubber and plastics"},
    "C171": {"zh": "棉纺织", "en": "Cotton textiles"},
    "C203": {"zh": "木质制品制造", "en": "Wood products"},
    "O8111": {"zh": "汽车修理与维护", "en": "Car repair and maintenance"},
    "Q84": {"zh": "卫生", "en": "Health care"},
}

UNITS = {"mg/m3": "mg/m³", "dBA": "dB(A)", "m_s2": "m/s²", "WBGT": "℃", "uSv_h": "µSv/h"}


def hazard_names(code: str) -> dict[str, str]:
    """Both names; the code itself for one that is not in the catalogue."""
    return HAZARDS.get(code, {"zh": code, "en": code})


def industry_names(code: str) -> dict[str, str]:
    """Both names; the code itself for one that is not in the catalogue."""
    return INDUSTRIES.get(code, {"zh": code, "en": code})
