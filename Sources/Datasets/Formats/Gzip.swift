import ImageCodecs

/// Files compressed with gzip.
enum Gzip {
  /// Larger contents are refused: no data set read here has a file of more than 1 GiB.
  static let limit = 1 << 30

  /// - Throws: `DatasetError.damagedGzip`, `.tooLarge`.
  static func unpack(_ file: [UInt8]) throws(DatasetError) -> [UInt8] {
    do { return try inflateGzip(file, limit: limit) } catch {
      throw .damagedGzip(reason: "\(error)")
    }
  }
}
