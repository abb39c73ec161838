extension Reference {
  /// C = α·A·B + β·C, sums in double precision.
  package static func multiply(
    rows: Int, columns: Int, depth: Int, alpha: Float, a: Matrix, b: Matrix, beta: Float,
    c: UnsafeMutablePointer<Float>, stride: Int
  ) {
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = 0.0
        for k in 0..<depth { sum += Double(a[i, k]) * Double(b[k, j]) }
        let old = beta == 0 ? 0 : Double(beta) * Double(c[i * stride + j])
        c[i * stride + j] = Float(Double(alpha) * sum + old)
      }
    }
  }
}
