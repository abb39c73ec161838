import ConvEngine
import Random
import Raster
import Synchronization

/// The weights of a whitened first layer, from the patches of training images.
///
///     M = Σ p·pᵀ / patches = V·diag(λ)·Vᵀ
///     filter i = vᵢ/√(λᵢ + 5·10⁻⁴),   filter i + F/2 = −filter i
///
/// Of at most 5,000 images, drawn by the seed, without augmentation. Each eigenvector has its largest
/// element above 0, so that it is one and not its negative.
struct Whitening {
  private static let images = 5000
  /// Keeps directions in which patches hardly vary from being blown up.
  private static let epsilon = 5e-4
  /// Parts in which the sums run, joined in order: the same for any number of threads.
  private static let parts = 16

  let layer: Conv2D
  let slot: ParameterSlot
  let shape: FeatureShape

  /// nil where the network has no such layer.
  init?(_ network: Network) {
    guard let node = network.nodes.first, let layer = node.layer as? Conv2D,
      let slot = node.slots.first(where: \.shape.isWhitened)
    else { return nil }
    self.layer = layer
    self.slot = slot
    shape = network.input
  }

  /// Sets the layer's weights.
  func apply(
    to weights: inout Weights, _ source: any BatchSource, seed: UInt64, team: ThreadTeam
  ) throws {
    let window = layer.window
    let size = window.height * window.width * shape.channels
    let moments = try moments(source, size, seed, team)
    let (values, vectors) = symmetricEigen(moments, size)
    var filters = [Float](repeating: 0, count: size * layer.filters)
    let half = layer.filters / 2
    for filter in 0..<half {
      let scale = 1 / (max(values[filter], 0) + Self.epsilon).squareRoot()
      for place in 0..<size {
        let value = Float(vectors[filter][place] * scale)
        filters[place * layer.filters + filter] = value
        filters[place * layer.filters + filter + half] = -value
      }
    }
    weights.set(slot, filters)
  }

  /// Second moments of all patches: `[size][size]`.
  private func moments(
    _ source: any BatchSource, _ size: Int, _ seed: UInt64, _ team: ThreadTeam
  ) throws -> [Double] {
    let order = CounterRandom(seed: seed, .weights, .max).order(of: source.count)
    let chosen = Array(order.prefix(Self.images))
    let sums = TensorMemory<Double>(count: Self.parts * size * size)
    let failure = Mutex<(any Error)?>(nil)
    team.run(Self.parts) { part in
      let image = FloatBuffer(count: shape.count)
      let samples = UnsafeMutableBufferPointer(start: image.base, count: image.count)
      var label: [Int32] = [0]
      for place in chosen[chosen.count * part / Self.parts..<chosen.count * (part + 1) / Self.parts]
      {
        do {
          try label.withUnsafeMutableBufferPointer {
            try source.load(Int(place)..<Int(place) + 1, epoch: nil, images: samples, labels: $0)
          }
        } catch {
          failure.withLock { if $0 == nil { $0 = error } }
          return
        }
        // Safety: each part has its own sums.
        add(image.base, sums.pointer + part * size * size, size)
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    let patches = max(1, chosen.count * rows * columns)
    var moments = [Double](repeating: 0, count: size * size)
    for part in 0..<Self.parts {
      for i in 0..<size {
        for j in 0...i { moments[i * size + j] += sums[(part * size + i) * size + j] }
      }
    }
    for i in 0..<size {
      for j in 0...i {
        moments[i * size + j] /= Double(patches)
        moments[j * size + i] = moments[i * size + j]
      }
    }
    return moments
  }

  /// Windows that lie within the image, down and across.
  private var rows: Int {
    max(0, shape.height - layer.window.spanY + layer.window.strideY) / layer.window.strideY
  }
  private var columns: Int {
    max(0, shape.width - layer.window.spanX + layer.window.strideX) / layer.window.strideX
  }

  /// Adds the patches of an image to the lower triangle.
  private func add(
    _ image: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Double>, _ size: Int
  ) {
    let window = layer.window
    withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { patch in
      let patch = patch.baseAddress!
      for row in 0..<rows {
        for column in 0..<columns {
          var place = 0
          for j in 0..<window.height {
            for i in 0..<window.width {
              let y = row * window.strideY + j * window.dilationY
              let x = column * window.strideX + i * window.dilationX
              let pixel = image + (y * shape.width + x) * shape.channels
              for c in 0..<shape.channels { patch[place + c] = Double(pixel[c]) }
              place += shape.channels
            }
          }
          for i in 0..<size {
            let (row, value) = (sums + i * size, patch[i])
            for j in 0...i { row[j] += value * patch[j] }
          }
        }
      }
    }
  }
}

/// Eigenvalues, largest first, and eigenvectors of a symmetric matrix, by Jacobi's rotations.
///
/// - SeeAlso: Golub, Van Loan, Matrix Computations, section 8.5.
func symmetricEigen(_ matrix: [Double], _ size: Int) -> (values: [Double], vectors: [[Double]]) {
  var a = matrix
  // Rows are the vectors.
  var v = [Double](repeating: 0, count: size * size)
  for i in 0..<size { v[i * size + i] = 1 }
  let scale = (0..<size).reduce(0) { $0 + abs(a[$1 * size + $1]) }
  // Each sweep squares what is left beside the diagonal; ten are plenty, the bound is for NaN.
  for _ in 0..<60 {
    var rest = 0.0
    for i in 0..<size { for j in 0..<i { rest += abs(a[i * size + j]) } }
    if !(rest > 1e-14 * scale) { break }
    for p in 0..<size {
      for q in p + 1..<max(size, p + 1) where a[p * size + q] != 0 {
        let theta = (a[q * size + q] - a[p * size + p]) / (2 * a[p * size + q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<size {
          let (x, y) = (a[k * size + p], a[k * size + q])
          (a[k * size + p], a[k * size + q]) = (c * x - s * y, s * x + c * y)
        }
        for k in 0..<size {
          let (x, y) = (a[p * size + k], a[q * size + k])
          (a[p * size + k], a[q * size + k]) = (c * x - s * y, s * x + c * y)
          let (f, g) = (v[p * size + k], v[q * size + k])
          (v[p * size + k], v[q * size + k]) = (c * f - s * g, s * f + c * g)
        }
      }
    }
  }
  let order = (0..<size).sorted { a[$0 * size + $0] > a[$1 * size + $1] }
  let vectors = order.map { row in
    let vector = Array(v[row * size..<(row + 1) * size])
    let largest = vector.max { abs($0) < abs($1) } ?? 0
    return largest < 0 ? vector.map { -$0 } : vector
  }
  return (order.map { a[$0 * size + $0] }, vectors)
}
