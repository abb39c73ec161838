import ConvEngine
import KernelLanguage
import Raster
import TestSupport
import Testing

@Suite("Filters against SciPy and OpenCV")
struct RivalFilterTests {
  @Test("sums are those of the rivals, padding by padding (Tests/Goldens/filters.py)")
  func sums() throws {
    var compared = 0
    for line in TestData.golden("filters.tsv").split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let numbers = [2, 3, 5, 6].map { Int(fields[$0])! }
      let samples = bytes(fields[4])
      let taps = fields[7].split(separator: " ").map { Double($0)! }
      let expected = fields[8].split(separator: " ").map { Int($0)! }
      let padding = try #require(
        [
          "zero": Padding.zero, "replicate": .replicate, "reflect": .reflect,
          "reflect101": .reflect101, "wrap": .wrap,
        ][fields[1]])
      // Sixteen bits hold the sums of eight-bit samples once an offset makes them positive.
      let kernel = kernel(numbers[2], numbers[3], taps, scale: 1, offset: 32768)
      let result: [UInt16] = try filtered(
        picture(numbers[0], numbers[1], samples.map(UInt16.init)),
        [correlate(kernel, StageGeometry(padding: padding))])
      #expect(result.map { Int($0) - 32768 } == expected, "\(fields[0]) \(fields[1])")
      compared += 1
    }
    #expect(compared > 100)
  }

  private func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.utf8.map { $0 - ($0 > 57 ? 87 : 48) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
