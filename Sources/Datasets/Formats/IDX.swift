/// The format of MNIST: big-endian sizes, then bytes.
///
///     0 0 type dimensions   then one 32-bit size a dimension   then the samples
///
/// Only type 8 (unsigned bytes) is read, in one dimension (labels) or three (gray images).
///
/// - SeeAlso: LeCun, Cortes, Burges, The MNIST database of handwritten digits.
public struct IDX: Sendable, Equatable {
  /// The size of each dimension.
  public let sizes: [Int]
  /// The samples, last dimension fastest.
  public let bytes: [UInt8]

  /// - Throws: `DatasetError.notIDX`, `.unsupportedIDX`, or `.wrongLength` where the sizes in the
  ///   header and the length of the file disagree.
  public init(_ file: [UInt8]) throws(DatasetError) {
    guard file.count >= 4, file[0] == 0, file[1] == 0 else { throw .notIDX }
    let dimensions = Int(file[3])
    guard file[2] == 8, dimensions == 1 || dimensions == 3 else {
      throw .unsupportedIDX(type: file[2], dimensions: dimensions)
    }
    let header = 4 + 4 * dimensions
    guard file.count >= header else { throw .wrongLength(expected: header, found: file.count) }
    sizes = (0..<dimensions).map { dimension in
      (0..<4).reduce(0) { $0 << 8 | Int(file[4 + 4 * dimension + $1]) }
    }
    var expected = 1
    for size in sizes {
      let (product, overflows) = expected.multipliedReportingOverflow(by: size)
      guard !overflows else { throw .wrongLength(expected: .max, found: file.count) }
      expected = product
    }
    guard file.count - header == expected else {
      throw .wrongLength(expected: header + expected, found: file.count)
    }
    bytes = Array(file[header...])
  }
}

extension LabelledImages {
  /// Gray images and their labels from a pair of IDX files.
  ///
  /// - Parameters:
  ///   - images: three dimensions.
  ///   - labels: one dimension, each below `classes`.
  /// - Throws: `DatasetError` where the files do not fit together.
  public init(images: IDX, labels: IDX, classes: Int) throws(DatasetError) {
    guard images.sizes.count == 3 else {
      throw .unsupportedIDX(type: 8, dimensions: images.sizes.count)
    }
    guard labels.sizes.count == 1 else {
      throw .unsupportedIDX(type: 8, dimensions: labels.sizes.count)
    }
    guard images.sizes[0] == labels.sizes[0] else {
      throw .countsDiffer(images: images.sizes[0], labels: labels.sizes[0])
    }
    guard images.sizes[1] >= 1, images.sizes[2] >= 1, images.sizes[0] >= 1 else {
      throw .noPictures(others: nil)
    }
    if let label = labels.bytes.first(where: { Int($0) >= classes }) {
      throw .labelOutOfRange(label: Int(label), classes: classes)
    }
    self.init(
      height: images.sizes[1], width: images.sizes[2], channels: 1, pixels: images.bytes,
      labels: labels.bytes.map { Int32($0) })
  }
}
