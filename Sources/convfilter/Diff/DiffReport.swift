import Comparison
import Raster
import Reports
import Text

/// What was found about the pairs, as text or JSON.
struct DiffReport {
  let isFolder: Bool
  /// Levels that a sample may differ by; nil for any.
  let failAbove: Double?
  private(set) var hasFailed = false
  /// The last pair as a line of `--json`.
  private(set) var lastLine = ""
  private var pairs: [(name: FilePath, findings: PicturePair.Findings)] = []

  init(isFolder: Bool, failAbove: Double?) {
    self.isFolder = isFolder
    self.failAbove = failAbove
  }

  mutating func add(
    _ pair: PicturePair, _ result: Result<PicturePair.Findings, CommandFailure>,
    _ diagnostics: Diagnostics
  ) {
    var members: [(String, JSON)] = JSON.members("a", pair.first) + JSON.members("b", pair.second)
    switch result {
    case .success(let findings):
      pairs.append((pair.name, findings))
      for (path, what) in findings.others {
        diagnostics.warning("holds \(what) besides its picture: not compared", at: "\(path)")
      }
      members += Self.members(findings)
      if let failAbove {
        let found = findings.difference
        if found.largest > failAbove || found.incomparable > 0 { hasFailed = true }
      }
    case .failure(let failure):
      hasFailed = true
      diagnostics.error(failure.message, at: failure.place)
      members.append(("error", .string("\(failure)")))
    }
    lastLine = JSON.object(members).line + "\n"
  }

  private static func members(_ findings: PicturePair.Findings) -> [(String, JSON)] {
    let (format, found) = (findings.format, findings.difference)
    let place: JSON =
      found.place.map { [.integer($0.x), .integer($0.y), .integer($0.channel)] } ?? .null
    return [
      ("width", .integer(format.width)), ("height", .integer(format.height)),
      ("channels", .integer(format.color.channels)),
      ("depth", .integer(format.sample.byteCount * 8)),
      ("largest", isFloat(findings) ? .number(found.largest) : .integer(Int(found.largest))),
      ("largestAt", place), ("mean", .number(found.mean)),
      ("rmse", .number(found.rootMeanSquare)), ("psnr", .number(found.peakSignalToNoise)),
      ("ssim", found.ssim.map { .number($0) } ?? .null),
      ("msssim", found.multiScaleSSIM.map { .number($0) } ?? .null),
      ("differing", .integer(found.differing)), ("samples", .integer(found.samples)),
      ("incomparable", .integer(found.incomparable)), ("dataRange", .number(found.dataRange)),
    ]
  }

  /// A table: a line a pair, or, for one pair, a line a figure.
  var text: String {
    if pairs.isEmpty { return "" }
    if isFolder { return table }
    let findings = pairs[0].findings
    let found = findings.difference
    let place = found.place.map { place in
      "  at \(place.x),\(place.y)"
        + (findings.format.color.channels > 1 ? " in channel \(place.channel)" : "")
    }
    let lines = [
      (
        "largest",
        Self.largest(findings) + " of " + NumberText.short(found.dataRange, digits: 9)
          + (place ?? "")
      ),
      ("mean", Self.level(found.mean, findings)),
      ("RMSE", Self.level(found.rootMeanSquare, findings)),
      ("PSNR", Self.decibels(found)), ("SSIM", Self.score(found.ssim, findings)),
      ("MS-SSIM", Self.score(found.multiScaleSSIM, findings)),
      (
        "differ",
        "\(NumberText.grouped(found.differing)) of \(NumberText.grouped(found.samples)) samples, "
          + NumberText.percent(found.share, decimals: 2)
          + (found.incomparable > 0
            ? ", \(NumberText.grouped(found.incomparable)) of them a number in one only" : "")
      ),
    ]
    return lines.map { name, value in
      name + String(repeating: " ", count: 10 - name.count) + value + "\n"
    }.joined()
  }

  private var table: String {
    var table = TextTable([
      .init("picture"), .init("largest", .right), .init("mean", .right), .init("RMSE", .right),
      .init("PSNR", .right), .init("SSIM", .right), .init("MS-SSIM", .right),
      .init("differ", .right),
    ])
    for (name, findings) in pairs {
      let found = findings.difference
      table.add([
        "\(name)", Self.largest(findings), Self.level(found.mean, findings),
        Self.level(found.rootMeanSquare, findings), Self.decibels(found),
        Self.score(found.ssim, findings), Self.score(found.multiScaleSSIM, findings),
        NumberText.percent(found.share, decimals: 2),
      ])
    }
    return table.text()
  }

  private static func isFloat(_ findings: PicturePair.Findings) -> Bool {
    findings.format.sample == .float32
  }

  private static func largest(_ findings: PicturePair.Findings) -> String {
    let largest = findings.difference.largest
    return isFloat(findings) ? level(largest, findings) : "\(Int(largest))"
  }

  private static func level(_ level: Double, _ findings: PicturePair.Findings) -> String {
    isFloat(findings) && !level.isNaN
      ? NumberText.short(level, digits: 6) : NumberText.fixed(level, 4)
  }

  private static func score(_ score: Double?, _ findings: PicturePair.Findings) -> String {
    if let score { return NumberText.fixed(score, 5) }
    return isFloat(findings) ? "no window" : "too small"
  }

  private static func decibels(_ found: PictureDifference) -> String {
    if found.differing == 0 { return "equal" }
    let decibels = found.peakSignalToNoise
    return decibels == .infinity ? "equal numbers" : NumberText.fixed(decibels, 2) + " dB"
  }
}
