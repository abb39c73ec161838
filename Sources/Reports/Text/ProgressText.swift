/// A line that says how far a work is.
public enum ProgressText {
  /// `label ███████▍░░░░░░░░  47 %  1,234 img/s  0:12 left`, no longer than `width`.
  ///
  /// What does not fit is left out from the right; the bar takes what remains, if that is 10 columns
  /// or more.
  ///
  /// - Parameters:
  ///   - label: what is being done.
  ///   - fraction: share done; taken into 0…1, NaN as 0.
  ///   - elapsed: Seconds since the start (≥ 0), from which the time left is told.
  ///   - rate: how fast it goes, as text, or nil.
  ///   - width: Columns of the terminal (≥ 1).
  public static func line(
    label: String, fraction: Double, elapsed: Double, rate: String? = nil, width: Int,
    unicode: Bool = true
  ) -> String {
    let fraction = fraction.isNaN ? 0 : min(1, max(0, fraction))
    let percent = String(Int(fraction * 100))
    var parts = [String(repeating: " ", count: 3 - percent.count) + percent + " %"]
    if let rate { parts.append(rate) }
    if let left = remaining(fraction: fraction, elapsed: elapsed) {
      parts.append(clock(left) + " left")
    }
    while parts.count > 1 && tail(label, parts).columns > width { parts.removeLast() }
    let tail = tail(label, parts)
    guard tail.columns <= width else { return prefix(label, width) }
    let room = min(40, width - tail.columns - 1)
    guard room >= 10 else { return tail }
    let rest = parts.joined(separator: "  ")
    let start = label.isEmpty ? "" : label + " "
    return start + bar(fraction, room, unicode) + " " + rest
  }

  /// Seconds left if it goes on as before, or nil where nothing can be told yet.
  public static func remaining(fraction: Double, elapsed: Double) -> Double? {
    guard fraction > 0, fraction <= 1, elapsed.isFinite, elapsed >= 0 else { return nil }
    return elapsed * (1 - fraction) / fraction
  }

  /// `0:07`, `12:34`, `1:02:03`: whole seconds, so that the line does not flicker.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "–" }
    let whole = Int(seconds.rounded(.up))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return whole < 3600
      ? "\(whole / 60):\(two(whole % 60))"
      : "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
  }

  private static func tail(_ label: String, _ parts: [String]) -> String {
    (label.isEmpty ? "" : label + " ") + parts.joined(separator: "  ")
  }

  private static func prefix(_ text: String, _ width: Int) -> String {
    var result = ""
    for character in text {
      if (result + String(character)).columns > width { break }
      result.append(character)
    }
    return result
  }

  /// Eighths of a column are told apart by Unicode's blocks.
  private static func bar(_ fraction: Double, _ width: Int, _ unicode: Bool) -> String {
    guard unicode else {
      let full = Int(fraction * Double(width))
      return String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
    }
    let eighths = Int(fraction * Double(width * 8))
    let (full, part) = (eighths / 8, eighths % 8)
    let edge = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][part]
    return String(repeating: "█", count: full) + edge
      + String(repeating: "░", count: width - full - (part > 0 ? 1 : 0))
  }
}
