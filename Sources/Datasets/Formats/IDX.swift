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
