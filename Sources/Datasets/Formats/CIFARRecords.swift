/// The binary version of CIFAR-10 and CIFAR-100: records of label bytes and three planes.
///
///     CIFAR-10    label          1024 red  1024 green  1024 blue
///     CIFAR-100   coarse  fine   1024 red  1024 green  1024 blue
///
/// - SeeAlso: Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
public enum CIFARRecords {
  /// Rows and columns of an image.
  public static let side = 32
  /// Bytes of an image: three planes.
  static let imageBytes = 3 * side * side

  /// Reads one or more files of records, in the order given.
  ///
  /// - Parameters:
  ///   - files: whole files.
  ///   - labelBytes: 1 for CIFAR-10, 2 for CIFAR-100 (the second, the fine label, is taken).
  ///   - classes: every label is below it.
  /// - Throws: `DatasetError.notRecords`, `.labelOutOfRange`, `.noPictures`.
  public static func read(
    _ files: [[UInt8]], labelBytes: Int, classes: Int
  ) throws(DatasetError) -> LabelledImages {
    let plane = side * side
    let record = labelBytes + 3 * plane
    var count = 0
    for file in files {
      guard file.count % record == 0 else {
        throw .notRecords(recordBytes: record, found: file.count)
      }
      count += file.count / record
    }
    guard count > 0 else { throw .noPictures(others: nil) }
    var labels: [Int32] = []
    labels.reserveCapacity(count)
    for file in files {
      for start in stride(from: labelBytes - 1, to: file.count, by: record) {
        guard Int(file[start]) < classes else {
          throw .labelOutOfRange(label: Int(file[start]), classes: classes)
        }
        labels.append(Int32(file[start]))
      }
    }
    let pixels = [UInt8](unsafeUninitializedCapacity: count * 3 * plane) { target, filled in
      var place = 0
      for file in files {
        file.withUnsafeBufferPointer { file in
          for start in stride(from: labelBytes, to: file.count, by: record) {
            // Safety: a record holds three planes after its labels, and the target three samples
            // for each of its pixels.
            let planes = file.baseAddress! + start
            let image = target.baseAddress! + place
            for pixel in 0..<plane {
              image[3 * pixel] = planes[pixel]
              image[3 * pixel + 1] = planes[plane + pixel]
              image[3 * pixel + 2] = planes[2 * plane + pixel]
            }
            place += 3 * plane
          }
        }
      }
      filled = place
    }
    return LabelledImages(height: side, width: side, channels: 3, pixels: pixels, labels: labels)
  }
}
