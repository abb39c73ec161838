import KernelLanguage
import Raster

/// Where a result takes the place of the picture, and how much of it.
public struct Selection: Sendable {
  /// Columns and rows of the picture, beyond its border too.
  public struct Region: Sendable, Hashable {
    public var columns: Range<Int>
    public var rows: Range<Int>

    /// - Parameters:
    ///   - x, y: the top left corner (any).
    ///   - width, height: its size (≥ 1).
    /// - Returns: nil for a size below 1, and for corners that cannot be counted.
    public init?(x: Int, y: Int, width: Int, height: Int) {
      guard width > 0, height > 0, case (let right, let beyond) = x.addingReportingOverflow(width),
        !beyond,
        case (let bottom, let below) = y.addingReportingOverflow(height), !below
      else {
        return nil
      }
      columns = x..<right
      rows = y..<bottom
    }
  }

  /// Nil for all of the picture.
  public var region: Region?
  /// A gray picture of the same size: white takes the result, black keeps the picture. Nil for white.
  public var mask: Picture?

  public init(region: Region? = nil, mask: Picture? = nil) {
    precondition(
      mask.map { $0.format.color == .gray && $0.format.sample != .float32 } ?? true, "a gray mask")
    self.region = region
    self.mask = mask
  }

  public var isEverything: Bool { region == nil && mask == nil }

  /// The part of the region that lies in a picture.
  ///
  /// - Throws: `FilterError` where there is none, or the mask has another size.
  func fitted(to format: PictureFormat) throws(FilterError) -> Region {
    if let mask, (mask.format.width, mask.format.height) != (format.width, format.height) {
      throw .maskShape(mask: PictureShape(mask.format), picture: PictureShape(format))
    }
    let all = Region(x: 0, y: 0, width: format.width, height: format.height)!
    guard var region else { return all }
    region.columns = region.columns.clamped(to: all.columns)
    region.rows = region.rows.clamped(to: all.rows)
    if region.columns.isEmpty || region.rows.isEmpty {
      throw .regionOutside(picture: PictureShape(format))
    }
    return region
  }
}

/// The pixels of a picture that take anything of a result.
struct SelectedPart: Sendable {
  /// Within the picture.
  let region: Selection.Region
  let mask: Picture?

  func contains(row: Int, column: Int) -> Bool {
    guard region.rows.contains(row), region.columns.contains(column) else { return false }
    guard let mask else { return true }
    // Safety: the mask has the size of the picture.
    let weights = mask.row(row)
    return mask.format.sample == .uint8
      ? weights.assumingMemoryBound(to: UInt8.self)[column] > 0
      : weights.assumingMemoryBound(to: UInt16.self)[column] > 0
  }
}
