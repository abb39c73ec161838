import Comparison
import Raster
import Reports
import Text

/// What was found about the pairs, as text or JSON.
struct DiffReport {
  let isFolder: Bool
  /// Levels that a sample may differ by; nil for any.
  let failAbove: Int?
  private(set) var hasFailed = false
  /// The last pair as a line of `--json`.
  private(set) var lastLine = ""
  private var pairs: [(name: FilePath, findings: PicturePair.Findings)] = []

  init(isFolder: Bool, failAbove: Int?) {
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
      if let failAbove, findings.difference.largest > failAbove { hasFailed = true }
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
      ("largest", .integer(found.largest)), ("largestAt", place), ("mean", .number(found.mean)),
      ("rmse", .number(found.rootMeanSquare)), ("psnr", .number(found.peakSignalToNoise)),
      ("ssim", found.ssim.map { .number($0) } ?? .null),
      ("msssim", found.multiScaleSSIM.map { .number($0) } ?? .null),
      ("differing", .integer(found.differing)), ("samples", .integer(found.samples)),
    ]
  }

  /// A table: a line a pair, or, for one pair, a line a figure.
  var text: String {
    if pairs.isEmpty { return "" }
    if isFolder { return table }
    let found = pairs[0].findings.difference
    let place = found.place.map { place in
      "  at \(place.x),\(place.y)"
        + (pairs[0].findings.format.color.channels > 1 ? " in channel \(place.channel)" : "")
    }
    let lines = [
      ("largest", Self.text(found.largest) + " of \(Int(found.fullLevel))" + (place ?? "")),
      ("mean", Self.text(found.mean)), ("RMSE", Self.text(found.rootMeanSquare)),
      ("PSNR", Self.decibels(found)), ("SSIM", Self.score(found.ssim)),
      ("MS-SSIM", Self.score(found.multiScaleSSIM)),
      (
        "differ",
        "\(NumberText.grouped(found.differing)) of \(NumberText.grouped(found.samples)) samples, "
          + NumberText.percent(found.share, decimals: 2)
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
        "\(name)", Self.text(found.largest), Self.text(found.mean),
        Self.text(found.rootMeanSquare), Self.decibels(found), Self.score(found.ssim),
        Self.score(found.multiScaleSSIM), NumberText.percent(found.share, decimals: 2),
      ])
    }
    return table.text()
  }

  private static func text(_ number: Int) -> String { "\(number)" }
  private static func text(_ number: Double) -> String { NumberText.fixed(number, 4) }
  private static func score(_ score: Double?) -> String {
    score.map { NumberText.fixed($0, 5) } ?? "too small"
  }
  private static func decibels(_ found: PictureDifference) -> String {
    let decibels = found.peakSignalToNoise
    return decibels.isFinite ? NumberText.fixed(decibels, 2) + " dB" : "equal"
  }
}
