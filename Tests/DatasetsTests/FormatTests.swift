import Datasets
import Raster
import Testing

@Suite("Formats")
struct FormatTests {
  static func idx(_ sizes: [Int], _ bytes: [UInt8], type: UInt8 = 8) -> [UInt8] {
    var file: [UInt8] = [0, 0, type, UInt8(sizes.count)]
    for size in sizes { file += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
    return file + bytes
  }

  @Test("an IDX file gives its sizes and bytes")
  func reads() throws {
    let file = try IDX(Self.idx([2, 1, 3], [1, 2, 3, 4, 5, 6]))
    #expect(file.sizes == [2, 1, 3])
    #expect(file.bytes == [1, 2, 3, 4, 5, 6])
  }

  @Test(
    "a file that is none, or not whole, is refused",
    arguments: [
      ([], DatasetError.notIDX),
      ([0, 0, 8], .notIDX),
      (Array("<html>".utf8), .notIDX),
      ([0, 0, 13, 3, 0, 0, 0, 1], .unsupportedIDX(type: 13, dimensions: 3)),
      ([0, 0, 8, 2], .unsupportedIDX(type: 8, dimensions: 2)),
      ([0, 0, 8, 3, 0, 0], .wrongLength(expected: 16, found: 6)),
      (idx([2, 2, 2], [1, 2, 3]), .wrongLength(expected: 24, found: 19)),
      (idx([1], [1, 2]), .wrongLength(expected: 9, found: 10)),
      (
        [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12),
        .wrongLength(expected: .max, found: 16)
      ),
    ])
  func refuses(file: [UInt8], error: DatasetError) {
    #expect(throws: error) { try IDX(file) }
  }

  @Test("images and labels that do not fit together are refused")
  func pairs() throws {
    let images = try IDX(Self.idx([2, 1, 1], [8, 9]))
    #expect(throws: DatasetError.countsDiffer(images: 2, labels: 1)) {
      try LabelledImages(images: images, labels: IDX(Self.idx([1], [0])), classes: 10)
    }
    #expect(throws: DatasetError.labelOutOfRange(label: 10, classes: 10)) {
      try LabelledImages(images: images, labels: IDX(Self.idx([2], [0, 10])), classes: 10)
    }
    let pair = try LabelledImages(images: images, labels: IDX(Self.idx([2], [3, 1])), classes: 10)
    #expect(pair.labels == [3, 1] && pair.pixels == [8, 9] && pair.channels == 1)
  }

  @Test("a CIFAR record becomes interleaved pixels with its fine label", arguments: [1, 2])
  func cifar(labelBytes: Int) throws {
    func record(_ label: UInt8, _ base: UInt8) -> [UInt8] {
      [UInt8](repeating: 0, count: labelBytes - 1) + [label]
        + (0..<3072).map { UInt8(truncatingIfNeeded: $0 / 1024 * 50 + $0 % 1024) &+ base }
    }
    let images = try CIFARRecords.read(
      [record(4, 0) + record(9, 1), record(0, 2)], labelBytes: labelBytes, classes: 10)
    #expect(images.labels == [4, 9, 0])
    #expect(images.height == 32 && images.width == 32 && images.channels == 3)
    #expect(Array(images.image(1).prefix(6)) == [1, 51, 101, 2, 52, 102])
    #expect(images.image(2).last == UInt8(truncatingIfNeeded: 100 + 1023 + 2))
    #expect(throws: DatasetError.notRecords(recordBytes: 3072 + labelBytes, found: 10)) {
      try CIFARRecords.read(
        [[UInt8](repeating: 0, count: 10)], labelBytes: labelBytes, classes: 10)
    }
    #expect(throws: DatasetError.labelOutOfRange(label: 10, classes: 10)) {
      try CIFARRecords.read([record(10, 0)], labelBytes: labelBytes, classes: 10)
    }
  }

  @Test("numbers in names count as numbers")
  func naturalOrder() {
    let sorted = ["", "01", "1", "1a", "2", "2b10", "2b9", "10", "B", "a", "a1b", "a02", "a10"]
    let expected = [
      "", "01", "1", "1a", "2", "2b9", "2b10", "10", "B", "a", "a1b", "a02", "a10",
    ]
    let names = sorted.map { FilePath($0) }
    #expect(names.shuffled().sorted(by: naturallyPrecedes) == expected.map { FilePath($0) })
  }
}
