import Raster

/// Average pooling: the mean of the samples of each window that lie inside the map, by channel.
///
///     out[y, x, c] = Σ window in[…, c] / samples inside
public struct AveragePool: Pooling {
  public var window: Window
  public init(window: Window) { self.window = window }
  public static let words = ["avgpool", "averagepool", "avgpooling"]
  public static let name = "AveragePool"

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    AveragePoolRun(PoolGeometry(window, step.node.input, step.node.output), team: site.team)
  }
}

/// Average pooling over the whole map: one value a channel.
public struct GlobalAveragePool: Layer {
  public init() {}
  public static let words = ["globalavgpool", "globalaveragepool", "gap"]
  public static func parse(
    _ arguments: inout LayerArguments
  ) throws(NetworkError) -> GlobalAveragePool { GlobalAveragePool() }
  public var text: String { "globalavgpool" }
  public var title: String { "GlobalAveragePool" }
}

/// Maximum pooling over the whole map: one value a channel.
public struct GlobalMaxPool: Layer {
  public init() {}
  public static let words = ["globalmaxpool"]
  public static func parse(
    _ arguments: inout LayerArguments
  ) throws(NetworkError) -> GlobalMaxPool { GlobalMaxPool() }
  public var text: String { "globalmaxpool" }
  public var title: String { "GlobalMaxPool" }
}

/// A pooling whose window is the map; the result is flat.
protocol GlobalPooling: Layer {
  associatedtype Local: Pooling
}
extension GlobalAveragePool: GlobalPooling { typealias Local = AveragePool }
extension GlobalMaxPool: GlobalPooling { typealias Local = MaxPool }

extension GlobalPooling {
  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape {
    if input.isFlat { throw .needsMap(layer: name, input: input) }
    return .vector(input.channels)
  }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int { input.count }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    ["one window covers the \(input.height)×\(input.width) map: one value a channel"]
  }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    let input = step.node.input
    var step = step
    step.node.output = FeatureShape(height: 1, width: 1, channels: input.channels)
    return Local(window: Window(height: input.height, width: input.width)).run(step, in: site)
  }
}

private final class AveragePoolRun: LayerRun {
  private let geometry: PoolGeometry
  private let team: ThreadTeam

  init(_ geometry: PoolGeometry, team: ThreadTeam) {
    self.geometry = geometry
    self.team = team
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    // Safety: an example's windows lie within its map; examples don't overlap.
    nonisolated(unsafe) let (x, y) = (x, y)
    let geometry = geometry
    team.run(pass.count) { example in
      let map = x + example * geometry.input.count
      Self.walk(geometry) { out, taps, share, channels in
        Self.mean(map, taps, share, y + example * geometry.output.count + out, channels)
      }
    }
  }

  /// The sum of the taps times `share`, in vectors of channels.
  private static func mean(
    _ map: UnsafePointer<Float>, _ taps: [Int], _ share: Float, _ out: UnsafeMutablePointer<Float>,
    _ channels: Int
  ) {
    typealias Vector = SIMD16<Float>
    let whole = channels / Vector.scalarCount * Vector.scalarCount
    for c in stride(from: 0, to: whole, by: Vector.scalarCount) {
      var sum = Vector()
      for tap in taps {
        sum += UnsafeRawPointer(map + tap + c).loadUnaligned(as: Vector.self)
      }
      UnsafeMutableRawPointer(out + c).storeBytes(of: sum * share, as: Vector.self)
    }
    for c in whole..<channels {
      var sum: Float = 0
      for tap in taps { sum += map[tap + c] }
      out[c] = sum * share
    }
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    guard let to = dx else { return }
    // Safety: as forward.
    nonisolated(unsafe) let (dy, dx) = (dy, to)
    let geometry = geometry
    team.run(pass.count) { example in
      let map = dx + example * geometry.input.count
      map.update(repeating: 0, count: geometry.input.count)
      Self.walk(geometry) { out, taps, share, channels in
        let gradient = dy + example * geometry.output.count + out
        for tap in taps { for c in 0..<channels { map[tap + c] += gradient[c] * share } }
      }
    }
  }

  /// Visits each window: its place in the output, the places of its taps in the map, and
  /// one divided by their number.
  @inline(__always)
  private static func walk(
    _ geometry: PoolGeometry, _ body: (Int, [Int], Float, Int) -> Void
  ) {
    let channels = geometry.input.channels
    var taps: [Int] = []
    taps.reserveCapacity(geometry.window.height * geometry.window.width)
    for row in 0..<geometry.output.height {
      let rows = geometry.rows(row)
      for column in 0..<geometry.output.width {
        taps.removeAll(keepingCapacity: true)
        for j in rows {
          for i in geometry.columns(column) {
            taps.append((j * geometry.input.width + i) * channels)
          }
        }
        let out = (row * geometry.output.width + column) * channels
        body(out, taps, 1 / Float(taps.count), channels)
      }
    }
  }
}
