import KernelLanguage
import PictureFilters
import Raster
import TestSupport

/// A stage from what a user would write.
func change(_ text: String) throws -> Stage { try KernelSpec.parse(text) }

/// The size that a stage makes of a picture.
func size(_ text: String, of width: Int, _ height: Int) throws -> [Int] {
  guard case .change(.resize(let resizing)) = try change(text).operation,
    let sides = resizing.sides(width: width, height: height)
  else { return [] }
  return [sides.horizontal.output, sides.vertical.output]
}

/// The lines of a golden of this room, field by field.
func goldenLines(_ name: String) -> [[String]] {
  let bytes = ScratchFolder.contents(
    TestData.package + "/Tests/PictureFiltersTests/Goldens/" + name)
  return String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").map {
    $0.split(separator: "\t").map(String.init)
  }
}

func bytes(hex: String) -> [UInt8] {
  let digits = Array(hex.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func color(_ channels: Int) -> ColorModel {
  ColorModel.allCases.first { $0.channels == channels }!
}

/// The largest difference; a lot where there are not as many samples.
func farthest<Sample: FixedWidthInteger>(_ a: [Sample], _ b: [Sample]) -> Int {
  a.count == b.count ? zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0 : .max
}

/// What a stage makes of a picture, in samples of the same kind.
func made<Sample: FixedWidthInteger>(
  _ width: Int, _ height: Int, _ color: ColorModel, _ samples: [Sample], _ spec: String,
  _ options: FilterOptions = FilterOptions()
) throws -> [Sample] {
  try filtered(
    picture(width, height, color, samples), [change(spec)], options, as: Sample.self)
}
