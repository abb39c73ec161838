import Raster

/// The feature maps of a layer for one picture.
public struct FeatureMapPictures: Sendable, Equatable {
  public var title: String
  /// Rows and columns of a map (≥ 1).
  public let height: Int
  public let width: Int
  /// `[height, width, count]`: the channels of a pixel lie together, as the network has them.
  public let values: [Float]

  /// How a number becomes a colour.
  public enum Palette: Sendable, CaseIterable {
    case color
    case gray
  }

  public init(title: String, height: Int, width: Int, values: [Float]) {
    precondition(height >= 1 && width >= 1, "a map has at least one value")
    precondition(values.count % (height * width) == 0, "whole maps")
    self.title = title
    self.height = height
    self.width = width
    self.values = values
  }

  /// Number of maps.
  public var count: Int { values.count / (height * width) }

  /// The values of one map, `[height, width]`.
  public func map(_ index: Int) -> [Float] {
    (0..<height * width).map { values[$0 * count + index] }
  }

  /// Whether a map is the same everywhere: nothing of the picture reaches it. A map of one place is dead
  /// where it is 0.
  public func isDead(_ index: Int) -> Bool {
    let map = map(index)
    return map.count > 1 ? map.allSatisfy { $0 == map[0] } : map[0] == 0
  }

  /// The maps as a grid, 8×8 for 64, numbered from 0.
  ///
  /// Each map is spread over the palette from its own least to its own greatest value; one that is
  /// dead is shown in the lowest colour and crossed out.
  ///
  /// - Parameter side: about the side of a map in the picture, in pixels.
  public func picture(palette: Palette = .color, side: Int = 96) -> Picture {
    let colors = palette == .gray ? ColorMap.gray : ColorMap.ramp
    let tiles = (0..<count).map { index in
      let map = map(index)
      let finite = map.filter(\.isFinite)
      let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
      return TileGrid.Tile(
        columns: width,
        colors: map.map { value in
          colors(high > low ? Double((value - low) / (high - low)) : 0)
        }, label: isDead(index) ? "\(index) dead" : String(index), isCrossed: isDead(index))
    }
    let dead = (0..<count).count(where: isDead)
    return TileGrid(
      title: title,
      subtitle:
        "\(count) \(count == 1 ? "map" : "maps") of \(height)×\(width), each on its own scale"
        + (dead > 0 ? "; \(dead) dead" : ""),
      tiles: tiles, key: .init(colors: colors, low: "its least", high: "its greatest")
    ).canvas(side: side).picture
  }
}
