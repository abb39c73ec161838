import ImageCodecs

/// Files compressed with gzip.
enum Gzip {
  /// - Parameter limit: bytes of the contents at most: a short file can stand for gigabytes.
  /// - Throws: `DatasetError.damagedGzip`, `.unpacksTooLong`.
  static func unpack(_ file: [UInt8], limit: Int) throws(DatasetError) -> [UInt8] {
    do {
      return try inflateGzip(file, limit: limit)
    } catch .gzipTooLong {
      throw .unpacksTooLong(limit: limit)
    } catch {
      throw .damagedGzip(reason: "\(error)")
    }
  }
}
