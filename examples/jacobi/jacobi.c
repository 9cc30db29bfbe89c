/* Solves Poisson's equation, -div grad u = f, on the unit square with u = 0 on its boundary: linear finite elements on
 * an unstructured mesh of triangles, a sparse matrix, and Jacobi's iteration. The right-hand side is chosen so that
 * u = sin(pi x) sin(pi y), against which the result is compared.
 *
 *     kernprof cc -O2 -o jacobi jacobi.c -lm
 *     kernprof -l -v ./jacobi [CELLS PER SIDE]        KERNPROF_PRINT_SUMMARY=1 ./jacobi
 */
#include <kernprof.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_NEIGHBOURS = 12, MAX_ITERATIONS = 1000000 };

static const double pi = 3.14159265358979323846;

struct mesh {
    int nodes;
    int triangles;
    double (*position)[2]; /* of each node */
    int (*corner)[3];      /* of each triangle: three nodes */
    char *on_boundary;     /* of each node */
};

/* Compressed rows: those of row i are column[k] and value[k], first[i] <= k < first[i + 1]. */
struct matrix {
    int rows;
    int *first;
    int *column;
    double *value;
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory) {
        fprintf(stderr, "jacobi: out of memory\n");
        exit(1);
    }
    return memory;
}

/* A number from -0.5 to 0.5, the same sequence on every machine. */
static double noise(void)
{
    static unsigned state = 1;
    state = state * 1664525u + 1013904223u;
    return state / 4294967296.0 - 0.5;
}

static double distance(const double *p, const double *q)
{
    return hypot(p[0] - q[0], p[1] - q[1]);
}

/* Moves the inner nodes of a regular grid at random and cuts each of its cells along the shorter diagonal. */
KP_PROFILE
static struct mesh make_mesh(int cells)
{
    int side = cells + 1;
    struct mesh mesh = {side * side, 0, NULL, NULL, NULL};
    mesh.position = allocate(mesh.nodes, sizeof *mesh.position);
    mesh.corner = allocate(2 * (size_t)cells * cells, sizeof *mesh.corner);
    mesh.on_boundary = allocate(mesh.nodes, 1);

    for (int node = 0; node < mesh.nodes; node++) {
        int i = node % side, j = node / side;
        int boundary = i == 0 || j == 0 || i == cells || j == cells;
        double shift = boundary ? 0 : 0.4 / cells;
        mesh.on_boundary[node] = (char)boundary;
        mesh.position[node][0] = (double)i / cells + shift * noise();
        mesh.position[node][1] = (double)j / cells + shift * noise();
    }
    for (int cell = 0; cell < cells * cells; cell++) {
        int a = cell / cells * side + cell % cells, b = a + 1, c = a + side, d = c + 1;
        int rising = distance(mesh.position[a], mesh.position[d]) < distance(mesh.position[b], mesh.position[c]);
        int cut[2][3] = {{a, b, rising ? d : c}, {d, c, rising ? a : b}};
        for (int half = 0; half < 2; half++, mesh.triangles++)
            for (int k = 0; k < 3; k++)
                mesh.corner[mesh.triangles][k] = cut[half][k];
    }
    return mesh;
}

/* Adds `column` to the list of neighbours of a row, unless it is there already. */
static void add_neighbour(int *list, int *count, int column)
{
    for (int k = 0; k < *count; k++)
        if (list[k] == column)
            return;
    list[(*count)++] = column;
}

/* The pattern of the matrix: nodes are neighbours when a triangle has both. */
KP_PROFILE
static struct matrix build_sparsity(const struct mesh *mesh)
{
    int (*neighbours)[MAX_NEIGHBOURS] = allocate(mesh->nodes, sizeof *neighbours);
    int *count = allocate(mesh->nodes, sizeof *count);
    for (int t = 0; t < mesh->triangles; t++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                add_neighbour(neighbours[mesh->corner[t][i]], &count[mesh->corner[t][i]], mesh->corner[t][j]);

    struct matrix matrix = {mesh->nodes, NULL, NULL, NULL};
    matrix.first = allocate((size_t)matrix.rows + 1, sizeof *matrix.first);
    for (int row = 0; row < matrix.rows; row++)
        matrix.first[row + 1] = matrix.first[row] + count[row];
    matrix.column = allocate(matrix.first[matrix.rows], sizeof *matrix.column);
    matrix.value = allocate(matrix.first[matrix.rows], sizeof *matrix.value);
    for (int row = 0; row < matrix.rows; row++)
        for (int k = 0; k < count[row]; k++)
            matrix.column[matrix.first[row] + k] = neighbours[row][k];
    free(neighbours);
    free(count);
    return matrix;
}

static void add_entry(struct matrix *matrix, int row, int column, double value)
{
    int k = matrix->first[row];
    while (matrix->column[k] != column)
        k++;
    matrix->value[k] += value;
}

/* Adds each triangle's share to the matrix and the right-hand side; a row of the boundary is that of the identity. */
KP_PROFILE
static void assemble(const struct mesh *mesh, struct matrix *matrix, double *rhs)
{
    for (int t = 0; t < mesh->triangles; t++) {
        const int *corner = mesh->corner[t];
        const double *p = mesh->position[corner[0]], *q = mesh->position[corner[1]], *r = mesh->position[corner[2]];
        double twice_area = fabs((q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1]));
        double edge[3][2] = {{r[0] - q[0], r[1] - q[1]}, {p[0] - r[0], p[1] - r[1]}, {q[0] - p[0], q[1] - p[1]}};
        double x = (p[0] + q[0] + r[0]) / 3, y = (p[1] + q[1] + r[1]) / 3;
        double load = 2 * pi * pi * sin(pi * x) * sin(pi * y) * twice_area / 6;
        for (int i = 0; i < 3; i++) {
            if (mesh->on_boundary[corner[i]])
                continue;
            rhs[corner[i]] += load;
            for (int j = 0; j < 3; j++) {
                double stiffness = (edge[i][0] * edge[j][0] + edge[i][1] * edge[j][1]) / (2 * twice_area);
                add_entry(matrix, corner[i], corner[j], stiffness);
            }
        }
    }
    for (int node = 0; node < mesh->nodes; node++)
        if (mesh->on_boundary[node])
            add_entry(matrix, node, node, 1);
}

/* One step, next = x + D^-1 (rhs - A x); gives the norm of the residual rhs - A x. */
KP_PROFILE KP_TIMED("sweep")
static double sweep(const struct matrix *matrix, const double *rhs, const double *x, double *next)
{
    double sum = 0;
    for (int row = 0; row < matrix->rows; row++) {
        double residual = rhs[row];
        double diagonal = 1;
        for (int k = matrix->first[row]; k < matrix->first[row + 1]; k++) {
            residual -= matrix->value[k] * x[matrix->column[k]];
            if (matrix->column[k] == row)
                diagonal = matrix->value[k];
        }
        next[row] = x[row] + residual / diagonal;
        sum += residual * residual;
    }
    return sqrt(sum);
}

/* Iterates until the residual is `tolerance` of the first one; gives the number of steps. */
KP_PROFILE
static int jacobi(const struct matrix *matrix, const double *rhs, double *x, double tolerance, double *residual)
{
    double *next = allocate(matrix->rows, sizeof *next);
    double *current = x;
    double first = *residual = sweep(matrix, rhs, current, next);
    int iterations = 0;
    while (*residual > tolerance * first && iterations < MAX_ITERATIONS) {
        double *swap = current;
        current = next;
        next = swap;
        *residual = sweep(matrix, rhs, current, next);
        iterations++;
    }
    for (int row = 0; row < matrix->rows; row++)
        x[row] = current[row];
    free(current == x ? next : current);
    return iterations;
}

KP_PROFILE
static double largest_error(const struct mesh *mesh, const double *x)
{
    double largest = 0;
    for (int node = 0; node < mesh->nodes; node++) {
        double exact = sin(pi * mesh->position[node][0]) * sin(pi * mesh->position[node][1]);
        largest = fmax(largest, fabs(x[node] - exact));
    }
    return largest;
}

int main(int argc, char **argv)
{
    int cells = argc > 1 ? atoi(argv[1]) : 100;
    if (cells < 2 || cells > 2000) {
        fprintf(stderr, "usage: jacobi [CELLS PER SIDE, 2 to 2000]\n");
        return 2;
    }
    struct mesh mesh;
    struct matrix matrix;
    KP_REGION("mesh")
        mesh = make_mesh(cells);
    KP_REGION("sparsity")
        matrix = build_sparsity(&mesh);
    double *rhs = allocate(mesh.nodes, sizeof *rhs);
    double *x = allocate(mesh.nodes, sizeof *x);
    KP_REGION("assembly")
        assemble(&mesh, &matrix, rhs);

    double residual = 0, error = 0;
    int iterations = 0;
    KP_REGION("iteration")
        iterations = jacobi(&matrix, rhs, x, 1e-8, &residual);
    KP_REGION("reduction")
        error = largest_error(&mesh, x);
    printf("%d nodes, %d triangles, %d entries\n", mesh.nodes, mesh.triangles, matrix.first[matrix.rows]);
    printf("%d iterations, residual %.3e, largest error %.3e\n", iterations, residual, error);

    free(x);
    free(rhs);
    free(matrix.first);
    free(matrix.column);
    free(matrix.value);
    free(mesh.position);
    free(mesh.corner);
    free(mesh.on_boundary);
    return iterations < MAX_ITERATIONS ? 0 : 1;
}
