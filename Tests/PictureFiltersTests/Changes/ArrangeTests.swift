import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

/// Stages that move pixels, against the pixel that each place must show.
@Suite("A stage that moves pixels")
struct ArrangeTests {
  /// Where the pixel of the result comes from; nil for black that is opaque.
  typealias Source = @Sendable (_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> (Int, Int)?

  static let moves: [(String, @Sendable (Int, Int) -> (Int, Int), Source)] = [
    ("rotate", { ($1, $0) }, { x, y, _, h in (y, h - 1 - x) }),
    ("rotate:90", { ($1, $0) }, { x, y, _, h in (y, h - 1 - x) }),
    ("rotate:180", { ($0, $1) }, { x, y, w, h in (w - 1 - x, h - 1 - y) }),
    ("rotate:270", { ($1, $0) }, { x, y, w, _ in (w - 1 - y, x) }),
    ("rotate:-90", { ($1, $0) }, { x, y, w, _ in (w - 1 - y, x) }),
    ("flip:horizontal", { ($0, $1) }, { x, y, w, _ in (w - 1 - x, y) }),
    ("mirror:vertical", { ($0, $1) }, { x, y, _, h in (x, h - 1 - y) }),
    ("crop:2x1+1+2", { _, _ in (2, 1) }, { x, y, _, _ in (x + 1, y + 2) }),
    (
      "crop:2x3,gravity=center", { _, _ in (2, 3) },
      { x, y, w, h in (x + (w - 2) / 2, y + (h - 3) / 2) }
    ),
    (
      "crop:2x3+1+0,gravity=southeast", { _, _ in (2, 3) }, { x, y, w, h in (x + w - 3, y + h - 3) }
    ),
    ("crop:+1+2", { ($0 - 1, $1 - 2) }, { x, y, _, _ in (x + 1, y + 2) }),
    ("crop:90000x2-3+1", { w, _ in (w, 2) }, { x, y, _, _ in (x, y + 1) }),
    (
      "extend:2", { ($0 + 4, $1 + 4) },
      { x, y, w, h in
        (min(max(x - 2, 0), w - 1), min(max(y - 2, 0), h - 1))
      }
    ),
    (
      "extend:1,2,3,40,padding=wrap", { ($0 + 4, $1 + 42) },
      { x, y, w, h in
        ((x - 1 + 9 * w) % w, (y - 2 + 9 * h) % h)
      }
    ),
    // More than a band of rows, and further from the picture than it is tall.
    (
      "extend:0,1000,1,900,padding=reflect", { ($0 + 1, $1 + 1900) },
      { x, y, w, h in
        let phase = (y - 1000 + 2000 * h) % (2 * h)
        return (min(x, w - 1), phase < h ? phase : 2 * h - 1 - phase)
      }
    ),
    (
      "extend:0,1000,0,900,padding=wrap", { ($0, $1 + 1900) },
      { x, y, _, h in (x, (y - 1000 + 1000 * h) % h) }
    ),
    (
      "extend:1,2,0,3,padding=zero", { ($0 + 1, $1 + 5) },
      { x, y, w, h in
        x < 1 || y < 2 || y >= h + 2 ? nil : (x - 1, y - 2)
      }
    ),
  ]

  @Test("shows the pixel that belongs there", arguments: ColorModel.allCases, [false, true])
  func moves(model: ColorModel, isWide: Bool) throws {
    var generator = SplitMix(state: 5)
    for (width, height) in [(4, 5), (5, 4), (70, 131)] {
      let channels = model.channels
      let samples = (0..<width * height * channels).map { _ in
        UInt16.random(in: 0...(isWide ? 65535 : 255), using: &generator)
      }
      for (spec, size, source) in Self.moves {
        for threads in [1, 3] {
          let result: [UInt16] =
            isWide
            ? try filtered(picture(width, height, model, samples), [change(spec)], threads: threads)
            : try filtered(
              picture(width, height, model, samples.map { UInt8($0) }), [change(spec)],
              threads: threads, as: UInt8.self
            ).map { UInt16($0) }
          let (columns, rows) = size(width, height)
          var expected: [UInt16] = []
          for y in 0..<rows {
            for x in 0..<columns {
              guard let (column, row) = source(x, y, width, height) else {
                expected += (0..<channels).map {
                  model.hasAlpha && $0 == channels - 1 ? (isWide ? 65535 : 255) : 0
                }
                continue
              }
              let first = (row * width + column) * channels
              expected += samples[first..<first + channels]
            }
          }
          #expect(result == expected, "\(spec), \(width)x\(height), \(threads) threads")
        }
      }
    }
  }

  @Test("mirrors at the border as padding does elsewhere")
  func reflected() throws {
    let line: [UInt8] = [1, 2, 3]
    func extended(_ padding: String) throws -> [UInt8] {
      try filtered(picture(3, 1, line), [change("extend:4,0,2,0,padding=\(padding)")])
    }
    // NumPy's symmetric and reflect.
    #expect(try extended("reflect") == [3, 3, 2, 1, 1, 2, 3, 3, 2])
    #expect(try extended("mirror") == [1, 2, 3, 2, 1, 2, 3, 2, 1])
    #expect(try extended("constant:77") == [77, 77, 77, 77, 1, 2, 3, 77, 77])
  }

  @Test("adds the constant that is meant in linear light and in 16 bits too")
  func constant() throws {
    var options = FilterOptions()
    options.linear = true
    let stage = try change("extend:1,0,0,0,padding=constant:77")
    let narrow: [UInt8] = try made(
      1, 1, .gray, [9] as [UInt8], "extend:1,0,0,0,padding=constant:77", options)
    #expect(narrow == [77, 9])
    options.depth = .sixteen
    let wide = try filtered(picture(1, 1, [9] as [UInt8]), [stage], options, as: UInt16.self)
    let levels: [UInt16] = [77 * 257, 9 * 257]
    #expect(wide == levels)
  }

  @Test("counts the whole picture where it needs one")
  func memory() throws {
    let format = PictureFormat(width: 3000, height: 2000, color: .rgb, sample: .uint8)
    func bytes(_ spec: String) throws -> Int {
      try FilterPlan(input: format, stages: [change(spec)]).memory(threads: 1)
    }
    for spec in ["rotate:90", "rotate:180", "flip:vertical", "extend:9,padding=wrap"] {
      #expect(try bytes(spec) >= format.pictureBytes, "\(spec)")
    }
    for spec in ["flip:horizontal", "crop:100x100+0+1900", "extend:9"] {
      #expect(try bytes(spec) < format.pictureBytes / 2, "\(spec)")
    }
  }

  @Test("refuses what lies outside, and padding that is none")
  func wrong() throws {
    let format = PictureFormat(width: 30, height: 20, color: .gray, sample: .uint8)
    #expect(throws: FilterError.nothingLeft(stage: "crop:5x5+30+0", width: 30, height: 20)) {
      _ = try FilterPlan(input: format, stages: [change("crop:5x5+30+0")])
    }
    #expect(throws: FilterError.self) {
      _ = try FilterPlan(input: format, stages: [change("extend:5,padding=valid")])
    }
    for spec in [
      "crop", "crop:5", "crop:5x5+1", "crop:0x5", "extend", "extend:1,2", "extend:-1",
      "rotate:45", "flip", "flip:up", "crop:5x5,gravity=up", "flip:x,stride=2",
    ] {
      #expect(throws: KernelError.self, "\(spec)") { _ = try change(spec) }
    }
  }
}
