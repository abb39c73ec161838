/// Numbers as text, the same in every language and country.
public enum NumberText {
  /// Thousands apart by commas: `1,845,354`.
  public static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// A fixed number of decimals, rounded half away from zero: `0.9834`.
  ///
  /// - Parameters:
  ///   - value: from 10⁹ on with an exponent, as `8.438e13`; what is none is `not a number`.
  ///   - decimals: 0…9.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    precondition((0...9).contains(decimals), "zero to nine decimals")
    var power = 1
    for _ in 0..<decimals { power *= 10 }
    if value.isNaN { return "not a number" }
    guard abs(value) < min(1e9, 1e15 / Double(power)) else { return short(value) }
    let scaled = Int((abs(value) * Double(power)).rounded(.toNearestOrAwayFromZero))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % power)
    return sign + String(scaled / power) + "."
      + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  /// A share of 1 in per cent: `98.3 %` for 0.983.
  public static func percent(_ share: Double, decimals: Int = 1) -> String {
    fixed(share * 100, decimals) + " %"
  }

  /// Bytes in decimal units with three digits: `170 MB`, `11.6 MB`, `512 B`.
  public static func bytes(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(count), 0)
    while value >= 999.5 && unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
    return fixed(value, decimals) + " " + units[unit]
  }

  /// A span of time: `0.42 s`, `12.3 s`, `4:07`, `1:02:45`.
  ///
  /// - Parameter seconds: ≥ 0; otherwise, and where it isn't finite, `–`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    if seconds < 9.995 { return fixed(seconds, 2) + " s" }
    if seconds < 59.95 { return fixed(seconds, 1) + " s" }
    let whole = Int(seconds.rounded())
    let minutes = whole / 60 % 60
    let tail = twoDigits(whole % 60)
    return whole < 3600
      ? "\(minutes):\(tail)" : "\(whole / 3600):\(twoDigits(minutes)):\(tail)"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// A number with up to `digits` significant digits and no trailing zeros: `0.001`, `2.5e-05`.
  public static func short(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var exponent = Int(log10Floor(abs(value)))
    var mantissa = abs(value) / power(exponent)
    mantissa = (mantissa * power(digits - 1)).rounded() / power(digits - 1)
    if mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    let sign = value < 0 ? "-" : ""
    if exponent < -4 || exponent >= max(digits, 6) {
      return sign + trimmed(fixed(mantissa, min(9, digits - 1))) + "e\(exponent)"
    }
    let decimals = min(9, max(0, digits - 1 - exponent))
    return sign + trimmed(fixed(mantissa * power(exponent), decimals))
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = Substring(text)
    while text.hasSuffix("0") { text = text.dropLast() }
    return String(text.hasSuffix(".") ? text.dropLast() : text)
  }

  private static func power(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }

  private static func log10Floor(_ value: Double) -> Int {
    var exponent = 0
    while value >= power(exponent + 1) { exponent += 1 }
    while value < power(exponent) { exponent -= 1 }
    return exponent
  }
}
