import ConvEngine
import Raster

/// Maximum pooling: the largest value of each window, by channel.
///
///     out[y, x, c] = max over the window of in[…, c]
///
/// Where several are largest, the gradient goes to the first, row by row. Samples beyond the border
/// never win.
public struct MaxPool: Pooling {
  public var window: Window
  public init(window: Window) { self.window = window }
  public static let words = ["maxpool", "pool", "maxpooling"]
  public static let name = "MaxPool"

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    ExtremePoolRun(
      Larger(), PoolGeometry(window, step.node.input, step.node.output), team: site.team)
  }
}

/// Minimum pooling: the smallest value of each window, by channel.
///
///     out[y, x, c] = min over the window of in[…, c]
public struct MinPool: Pooling {
  public var window: Window
  public init(window: Window) { self.window = window }
  public static let words = ["minpool", "minpooling"]
  public static let name = "MinPool"

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    ExtremePoolRun(
      Smaller(), PoolGeometry(window, step.node.input, step.node.output), team: site.team)
  }
}

/// Which of two values wins.
private protocol Contest: Sendable {
  /// The same in whole registers, where the engine has it.
  var kernel: MaximumKernel? { get }
  func wins(_ challenger: Float, over holder: Float) -> Bool
}
private struct Larger: Contest {
  let kernel: MaximumKernel? = MaximumKernel()
  func wins(_ challenger: Float, over holder: Float) -> Bool { challenger > holder }
}
private struct Smaller: Contest {
  var kernel: MaximumKernel? { nil }
  func wins(_ challenger: Float, over holder: Float) -> Bool { challenger < holder }
}

private final class ExtremePoolRun<Rule: Contest>: LayerRun {
  private let rule: Rule
  private let geometry: PoolGeometry
  private let team: ThreadTeam

  init(_ rule: Rule, _ geometry: PoolGeometry, team: ThreadTeam) {
    self.rule = rule
    self.geometry = geometry
    self.team = team
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    // Safety: an example's windows lie within its map; rows of the output don't overlap.
    nonisolated(unsafe) let (x, y) = (x, y)
    let (rule, geometry) = (rule, geometry)
    let rows = geometry.output.height
    let count = geometry.output.width * geometry.output.channels
    team.split(0..<pass.count * rows, grain: max(1, 8192 / count)) { part in
      for row in part {
        let map = x + row / rows * geometry.input.count
        pool(rule, geometry, row: row % rows, map, y + row * count)
      }
    }
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    guard let to = dx else { return }
    // Safety: as forward.
    nonisolated(unsafe) let (x, y, dy, dx) = (x, y, dy, to)
    let geometry = geometry
    team.run(pass.count) { example in
      let input = example * geometry.input.count
      let output = example * geometry.output.count
      scatter(geometry, x + input, y + output, dy + output, dx + input)
    }
  }
}

/// A row of the output.
private func pool(
  _ rule: some Contest, _ geometry: PoolGeometry, row: Int, _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>
) {
  let channels = geometry.input.channels
  let pitch = geometry.input.width * channels
  let rows = geometry.rows(row)
  var column = 0
  while column < geometry.output.width {
    let columns = geometry.columns(column)
    let first = x + rows.lowerBound * pitch + columns.lowerBound * channels
    let out = y + column * channels
    guard let kernel = rule.kernel else {
      out.update(from: first, count: channels)
      for j in rows {
        for i in columns {
          let tap = x + j * pitch + i * channels
          for c in 0..<channels { out[c] = rule.wins(tap[c], over: out[c]) ? tap[c] : out[c] }
        }
      }
      column += 1
      continue
    }
    var end = column + 1
    if columns.count == geometry.window.width {
      while end < geometry.output.width, geometry.columns(end).count == columns.count { end += 1 }
    }
    kernel.forward(
      windows: end - column, step: geometry.window.strideX * channels, height: rows.count,
      width: columns.count, row: pitch, channels: channels, first, out)
    column = end
  }
}

/// Adds each output's gradient to the first sample of its window that equals the output.
private func scatter(
  _ geometry: PoolGeometry, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
  _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
) {
  let channels = geometry.input.channels
  dx.update(repeating: 0, count: geometry.input.count)
  for row in 0..<geometry.output.height {
    let rows = geometry.rows(row)
    for column in 0..<geometry.output.width {
      let columns = geometry.columns(column)
      let out = (row * geometry.output.width + column) * channels
      for c in 0..<channels {
        search: for j in rows {
          for i in columns {
            let tap = (j * geometry.input.width + i) * channels + c
            if x[tap] == y[out + c] {
              dx[tap] += dy[out + c]
              break search
            }
          }
        }
      }
    }
  }
}
